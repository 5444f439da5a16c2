import { isInScope } from '../../access/scope.ts';
import type { SnapshotView } from '../../contracts/http/data/snapshots.ts';
import type { CommandContext } from '../base/context.ts';
import { findOffered } from './find-snapshot.ts';

/** What a snapshot holds and where it comes from, without its rows. Throws as `findOffered`. */
export async function showSnapshot(context: CommandContext, digest: string): Promise<SnapshotView> {
  const { manifest, createdAt, runs, versions, ...found } = await findOffered(context, digest);
  const { branched } = manifest;
  // To others than its own people a published snapshot does not say whose rows are in it.
  const isOwn = isInScope(context.principal.scope, found.model);
  const types = new Map(manifest.schema.map(({ name, type }) => [name, type]));
  return {
    digest: found.digest,
    model: found.model,
    kind: found.kind,
    specRevision: found.specRevision,
    throughWindow: found.throughWindow,
    createdAt: createdAt.toISOString(),
    rows: manifest.rows,
    labelledRows: manifest.labelledRows,
    quarantinedRows: manifest.quarantinedRows,
    sourceDigest: manifest.sourceDigest,
    contractDigest: manifest.contractDigest,
    logicalDigest: manifest.logicalDigest,
    parents: [...(manifest.parents ?? [])],
    branched: branched === undefined || !isOwn ? null : { model: branched.model, snapshot: branched.snapshot },
    files: manifest.files.map(({ sha256, bytes, rows }) => ({ sha256, bytes, rows })),
    columns: manifest.profile.map(({ name, missing, distinct, min = null, max = null, mean = null }) => ({
      name,
      type: types.get(name) ?? 'VARCHAR',
      missing,
      distinct,
      min,
      max,
      mean,
    })),
    repairs:
      manifest.repairs === undefined
        ? null
        : {
            ...manifest.repairs,
            counts: manifest.repairs.counts.map((one) => ({ ...one, columns: [...one.columns] })),
          },
    rules: manifest.ruleCounts.map((rule) => ({ ...rule })),
    batchChecks: (manifest.batchChecks ?? []).map((check) => ({ ...check, against: [...check.against] })),
    runs: runs.map(({ runId }) => runId),
    versions: versions.map(({ version }) => version),
    tags: [...found.tags],
    editions: found.editions.map(({ tag, edition }) => ({ tag, edition })),
  };
}
