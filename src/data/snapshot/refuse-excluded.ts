import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { ExcludedEntities } from '../../domain/record/erasure/erasure.ts';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { sayMany } from '../../domain/words/say.ts';
import { withDuck } from '../duck/connect.ts';
import { keyText } from '../duck/key-text.ts';
import { identifier, literal, pathLiteral } from '../duck/sql.ts';

/**
 * Throws `conflict` where rows that a line would begin with are those of an entity that was erased from its model: by
 * reference nothing leaves them out, and the origin may be another's. Law: reads the key columns of every file.
 */
export async function refuseExcluded(
  store: Pick<ArtifactStore, 'checkedPathOf'>,
  manifest: SnapshotManifest,
  excluded: ExcludedEntities,
): Promise<void> {
  const keys = manifest.schema.filter(({ name }) => excluded.columns.includes(name));
  if (keys.length === 0 || manifest.files.length === 0) return;
  const paths: string[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one file at a time: the bytes of each are read
  for (const { sha256 } of manifest.files) paths.push(await store.checkedPathOf(sha256));
  const found = await withDuck({ threads: 1 }, async (duck) => {
    const hashes = literal(JSON.stringify(excluded.hashes));
    await duck.run(`CREATE TEMP TABLE excluded AS SELECT unnest(CAST(${hashes} AS VARCHAR[])) AS hash`);
    const isNamed = keys.map(
      ({ name, type }) => `coalesce(sha256(${literal(excluded.key)} || trim(${keyText(identifier(name), type)}))
        IN (SELECT hash FROM excluded), false)`,
    );
    const [count] = await duck.rows(`SELECT CAST(count(*) AS DOUBLE) AS rows FROM read_parquet(
      [${paths.map(pathLiteral).join(', ')}], union_by_name = true, hive_partitioning = false)
      WHERE ${isNamed.join(' OR ')}`);
    return Number(count?.['rows'] ?? 0);
  });
  if (found === 0) return;
  const origin = manifest.branched?.model ?? manifest.model;
  throw new PerennialError(
    'conflict',
    `The snapshot of "${origin}" holds ${sayMany(found, 'row')} of entities that were erased from "${manifest.model}".`,
    { path: 'origin', hint: `Erase them from "${origin}" too, or end the branch: \`perennial snapshot unbranch\`.` },
  );
}
