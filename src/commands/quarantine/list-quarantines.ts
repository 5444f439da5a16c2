import { authorise } from '../../access/principal.ts';
import type { QuarantineList } from '../../contracts/http/data/quarantine.ts';
import { decidedRows, quarantinesOf, settlingRevisions } from '../../db/models/quarantine.ts';
import type { SnapshotKey } from '../../db/models/snapshot-list.ts';
import { readModel } from '../../db/models/specs.ts';
import type { CommandContext } from '../base/context.ts';

/** Snapshots of a model that set rows aside, the latest first: rules and counts, without rows. */
export async function listQuarantines(
  { principal, database: { db } }: CommandContext,
  model: string,
  page: { readonly after: SnapshotKey | null; readonly rowsMax: number },
): Promise<readonly QuarantineList['quarantines'][number][]> {
  authorise(principal, 'read', model);
  await readModel(db, model);
  const found = await quarantinesOf(db, model, page);
  const decided = await decidedRows(
    db,
    found.map(({ digest }) => digest),
  );
  const settling = await settlingRevisions(db, model, found);
  return found.map(({ digest, createdAt, quarantinedRows: rows, ruleCounts }) => {
    const { replayed, dropped } = decided.get(digest) ?? { replayed: 0, dropped: 0 };
    const settledBy = settling.get(digest) ?? null;
    const rules = ruleCounts.filter(({ severity }) => severity !== 'warn');
    return {
      digest,
      createdAt,
      rows,
      // What the reading of a later revision makes of them is in its own snapshot.
      open: settledBy === null ? rows - replayed - dropped : 0,
      replayed,
      dropped,
      settledBy,
      rules: rules.map(({ ruleId, rows: broken, line, about }) => ({ ruleId, rows: broken, line, about })),
    };
  });
}
