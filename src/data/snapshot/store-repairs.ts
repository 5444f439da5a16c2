import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { RepairReport } from '../../domain/training/snapshot.ts';
import type { Duck } from '../duck/connect.ts';
import type { RepairedTable } from '../repairs/repair-table.ts';
import { writeRepairLog } from '../repairs/write-repair-log.ts';

/** What a manifest says of the repairs of its rows, with the log of them stored; null where none is declared. */
export async function storeRepairs(
  duck: Duck,
  repaired: RepairedTable | null,
  path: string,
  store: Pick<ArtifactStore, 'putFile'>,
): Promise<RepairReport | null> {
  if (repaired === null) return null;
  const { counts, removed: removedRows, steps } = repaired;
  if (counts.every(({ count }) => count === 0)) return { counts, removedRows, logDigest: null, loggedRows: 0 };
  const loggedRows = await writeRepairLog(duck, steps, path);
  return { counts, removedRows, logDigest: await store.putFile(path), loggedRows };
}
