import { formatRunId } from './run-id.ts';

/** Workflow ids are the operator's first index in the Temporal Web UI; each is built here and nowhere else. */
export const workflowIds = {
  model: (model: string) => `model/${model}`,
  ingest: (model: string, sourceDigest: string, specRevision: number) =>
    formatRunId({ kind: 'ingest', model, sourceDigestStart: sourceDigest.slice(0, 16), specRevision }),
  train: (model: string, number: number) => formatRunId({ kind: 'train', model, number }),
  rollout: (model: string, version: number, attempt: number) =>
    formatRunId({ kind: 'rollout', model, version, attempt }),
  /** `moved`: the routing revision at which a person put it in charge; none after its first rollout. */
  guard: (model: string, version: number, moved?: number) =>
    formatRunId({ kind: 'guard', model, version, ...(moved === undefined ? {} : { moved }) }),
  abTest: (model: string, number: number) => formatRunId({ kind: 'ab-test', model, number }),
  reproduce: (model: string, version: number, number: number) =>
    formatRunId({ kind: 'reproduce', model, version, number }),
  experiment: (model: string, number: number) => formatRunId({ kind: 'experiment', model, number }),
  erase: (erasureId: string) => `erase/${erasureId}`,
  watch: (shard: number) => `watch/${shard}`,
  reconcile: () => 'reconcile',
  retain: () => 'retain',
  keep: () => 'keep',
  triggers: () => 'triggers',
} as const;

export const taskQueues = {
  workflows: 'perennial',
  cpu: 'perennial-cpu',
  guard: 'perennial-guard',
  gpu: (tag?: string) => (tag === undefined ? 'perennial-gpu' : `perennial-gpu-${tag}`),
} as const;

/**
 * How often an entity re-reads its outcomes although nobody told it to: signals are durable, this is the net below
 * them.
 */
export const entityRefreshMs = 600_000;

export interface RolloutKey {
  readonly model: string;
  readonly version: number;
  readonly attempt: number;
}
