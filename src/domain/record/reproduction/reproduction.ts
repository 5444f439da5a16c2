import { taskQueues, workflowIds } from '../../words/ids.ts';

/** What fits a version again. */
export interface ReproduceInput {
  readonly model: string;
  readonly version: number;
  /** Of the reproductions of the model, from 1. */
  readonly number: number;
}

/** What decides, beside rows and definition, which bytes come of a fit. */
export interface MadeBy {
  readonly digest: string;
  readonly node: string;
  readonly platform: string;
}

/** A version that was fitted again from its own rows, definition, settings and seed. */
export interface Reproduced {
  /** SHA-256 of the file that is served, and of the one that was made now. */
  readonly recordedDigest: string;
  readonly madeDigest: string;
  readonly isEqual: boolean;
  /** What made it then, as its gate recorded it; null for versions of early releases. */
  readonly madeBy: MadeBy | null;
  readonly madeByNow: MadeBy;
  /** Snapshots of its line from which rows were erased since. */
  readonly erasedFrom: number;
  /** Rows that are gone from them; absent in those of earlier releases. */
  readonly erasedRows?: number;
}

/** How it ended: with a file, or with the reason why there is none. */
export type ReproductionEnd = { readonly reproduced: Reproduced } | { readonly reason: string };

/** How its run is started, whoever misses it first: once. */
export function reproduceStart(input: ReproduceInput) {
  const { model, version, number } = input;
  return {
    workflowId: workflowIds.reproduce(model, version, number),
    taskQueue: taskQueues.workflows,
    args: [input],
    workflowIdConflictPolicy: 'FAIL',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    staticSummary: `v${version} of ${model} again`,
  } as const;
}
