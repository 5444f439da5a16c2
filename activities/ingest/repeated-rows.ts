import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { countRepeated } from '../../src/data/snapshot/count-repeated.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { recentManifests } from '../../src/db/models/recent-manifests.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { SnapshotManifest } from '../../src/domain/training/snapshot.ts';

/** Against how much of the others a batch is held: what it costs must not grow with the history. */
const batchesMax = 32;
const rowsMax = 1_000_000;

/**
 * Accepted rows of a batch of a union whose declared key (the first rule `unique`) one of the other sources has among
 * the newest batches: at most 32 of all sources, and 1,000,000 rows. They are counted and stay.
 */
export async function repeatedRows(
  { db, store }: { readonly db: Db; readonly store: Pick<ArtifactStore, 'pathOf'> },
  spec: ModelSpec,
  manifest: SnapshotManifest,
): Promise<number> {
  const { member, files, parents = [], rows } = manifest;
  const key = keyOf(spec);
  const [file] = files;
  if (member === undefined || key === null || file === undefined || rows === 0) return 0;
  const others: string[] = [];
  let held = 0;
  for (const before of await recentManifests(db, parents, batchesMax)) {
    if (before.member === undefined || before.member === member || before.rows === 0) continue;
    held += before.rows;
    if (held > rowsMax) break;
    others.push(...before.files.map(({ sha256 }) => sha256));
  }
  const paths = await Promise.all(others.map((digest) => store.pathOf(digest)));
  return countRepeated(await store.pathOf(file.sha256), paths, key);
}

function keyOf({ contract }: Pick<ModelSpec, 'contract'>): readonly string[] | null {
  const rule = contract.rules.find((one) => one.rule === 'unique');
  return rule?.rule === 'unique' ? rule.columns : null;
}
