import { join } from 'node:path';
import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import type { JoinedView, SnapshotColumn } from '../../domain/training/snapshot.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { AcceptedFile } from './write-accepted.ts';

/** How rows get the features that come from views. */
export interface Joining {
  /** What the manifest says of the views. */
  readonly joined: readonly JoinedView[];
  /** Writes the rows of `path` with their features to `out`, and answers the columns of it. */
  join(rows: {
    readonly path: string;
    readonly schema: readonly SnapshotColumn[];
    readonly out: string;
    readonly workDir: string;
  }): Promise<readonly SnapshotColumn[]>;
}

/** The accepted rows with the features of views. Throws invalid_data where the event time is no instant. */
export async function joinedRows(
  {
    joining,
    workDir,
    spec,
  }: { readonly joining?: Joining | undefined; readonly workDir: string; readonly spec: Pick<RowsSpec, 'eventTime'> },
  name: string,
  own: AcceptedFile,
  path: string,
): Promise<{ readonly schema: readonly SnapshotColumn[]; readonly path: string }> {
  if (joining === undefined) return { schema: own.schema, path };
  if (!own.hasInstants)
    throw new PerennialError('invalid_data', `${name}: ${spec.eventTime?.column ?? ''} holds no instants`, {
      path: 'eventTime',
      hint: 'Features of views are looked up at a time: declare its epochUnit, or name another column.',
    });
  const out = join(workDir, 'joined.parquet');
  const schema = await joining.join({ path, schema: own.schema, out, workDir });
  return { schema, path: out };
}
