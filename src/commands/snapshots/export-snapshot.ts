import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { authorise } from '../../access/principal.ts';
import { exportDataset } from '../../data/dataset/export-dataset.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction } from '../../db/base/connect.ts';
import type { DataFormat } from '../../domain/spec/closed-sets.ts';
import { actorOf } from '../base/run-command.ts';
import type { CommandContext } from '../base/context.ts';
import { datasetOf, withDatasets, type DatasetPlace } from './dataset-work.ts';
import { findSnapshot } from './find-snapshot.ts';

export interface ExportedSnapshot {
  readonly fileName: string;
  readonly bytes: number;
  readonly body: ReadableStream<Uint8Array>;
}

/**
 * All rows of a snapshot and of what it continues as one file. Rows may be personal, so it takes `operate` and is
 * written into the audit before the first byte leaves. Throws as `findSnapshot`, and `overloaded`.
 */
export async function exportSnapshot(
  context: CommandContext,
  input: { readonly digest: string; readonly format: DataFormat },
  place: DatasetPlace,
): Promise<ExportedSnapshot> {
  const { database, principal } = context;
  const found = await findSnapshot(context, input.digest, 'operate');
  authorise(principal, 'operate', found.model);
  const dataset = await datasetOf(database.db, found.digest);
  const rows = dataset.reduce((sum, { manifest }) => sum + manifest.rows, 0);
  return withDatasets(place, async ({ store, folder, keepFolder }) => {
    const manifests = dataset.map(({ manifest }) => manifest);
    const file = await exportDataset(store, manifests, { format: input.format, folder });
    const { size } = await stat(file);
    await withTransaction(database, (tx) =>
      appendAudit(tx, {
        type: 'perennial.snapshot.exported',
        model: found.model,
        subject: { of: 'snapshot', id: found.digest },
        actor: actorOf(context),
        reason: `${rows} rows as ${input.format}`,
        data: { digest: found.digest, rows, format: input.format },
      }),
    );
    keepFolder();
    const stream = createReadStream(file);
    stream.once('close', () => void rm(folder, { recursive: true, force: true }).catch(() => undefined));
    return {
      fileName: `${found.model}-${found.digest.slice(0, 16)}.${input.format}`,
      bytes: size,
      // oxlint-disable-next-line no-unsafe-type-assertion -- Node's web stream is that of the platform
      body: Readable.toWeb(stream) as ReadableStream<Uint8Array>,
    };
  });
}
