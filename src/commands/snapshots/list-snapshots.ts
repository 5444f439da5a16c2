import { authorise } from '../../access/principal.ts';
import { listSnapshots, type ListedSnapshot, type SnapshotKey } from '../../db/models/snapshot-list.ts';
import { readModel } from '../../db/models/specs.ts';
import type { CommandContext } from '../base/context.ts';

/** Snapshots of a model, the latest first. Throws `forbidden` and `model_not_found`. */
export async function snapshotsOfModel(
  { principal, database: { db } }: CommandContext,
  model: string,
  page: { readonly after: SnapshotKey | null; readonly rowsMax: number },
): Promise<readonly ListedSnapshot[]> {
  authorise(principal, 'read', model);
  await readModel(db, model);
  return listSnapshots(db, model, page);
}
