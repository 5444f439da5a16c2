import type { LastSkew } from '../../domain/view/skew.ts';
import { withTransaction, type Database, type Db } from '../base/connect.ts';

/** What came of comparing some samples of one model with one view. */
export interface SkewFound {
  readonly model: string;
  readonly view: string;
  readonly equal: number;
  readonly different: number;
  readonly notComparable: number;
  readonly last: LastSkew | null;
}

/** Adds what was found and removes its samples in one transaction: a sample that is gone already counts no more. */
export async function noteSkew(
  database: Pick<Database, 'pool'>,
  found: readonly (SkewFound & { readonly sampleIds: readonly number[] })[],
  tell: (tx: Db, one: SkewFound) => Promise<void>,
): Promise<void> {
  await withTransaction(database, async (tx, client) => {
    for (const { sampleIds, ...one } of found) {
      // oxlint-disable-next-line no-await-in-loop -- one row per model of a view
      const { rowCount } = await client.query('delete from view_sample where sample_id = any($1::bigint[])', [
        sampleIds,
      ]);
      // Somebody else has counted them meanwhile, all or some: the rest is compared with the next ones.
      if (rowCount !== sampleIds.length) throw new Error('samples were compared by two at once');
      // oxlint-disable-next-line no-await-in-loop -- as above
      await client.query(
        `insert into view_skew (model, view, equal, different, not_comparable, last, checked_at)
         values ($1, $2, $3, $4, $5, $6, now())
         on conflict (model, view) do update set equal = view_skew.equal + excluded.equal,
           different = view_skew.different + excluded.different,
           not_comparable = view_skew.not_comparable + excluded.not_comparable,
           last = coalesce(excluded.last, view_skew.last), checked_at = excluded.checked_at`,
        [
          one.model,
          one.view,
          one.equal,
          one.different,
          one.notComparable,
          one.last === null ? null : JSON.stringify(one.last),
        ],
      );
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (one.different > 0) await tell(tx, one);
    }
  });
}
