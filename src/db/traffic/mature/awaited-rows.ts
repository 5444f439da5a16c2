import { sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';
import type { KnownCut } from './arrived-labels.ts';
import { leftJoinCurrentLabel } from '../read/current-label.ts';

/** An answered row with the label that it has by a cut, if any. */
interface AnsweredRow {
  readonly seq: number;
  readonly label: string | null;
  readonly scores: readonly number[];
}

/**
 * Those of the newest `rowsMax` rows through a position that were answered, labelled by the cut or not, oldest first.
 */
export async function awaitedRows(
  db: Db,
  model: string,
  { throughSeq, throughWindow }: KnownCut,
  { lastSeq, rowsMax }: { readonly lastSeq: number; readonly rowsMax: number },
): Promise<readonly AnsweredRow[]> {
  const known = throughWindow === undefined ? { seq: throughSeq } : { window: throughWindow };
  const result = await db.execute<{ rows: [number, string | null, number[]][] | null }>(sql`
    select json_agg(json_build_array(p.seq, current.label, p.scores) order by p.seq) as rows from (
      select * from (
        select * from prediction where model = ${model} and seq <= ${lastSeq} order by seq desc limit ${rowsMax}
      ) latest where scores <> '{}' and not failed
    ) p ${leftJoinCurrentLabel(known)}`);
  return (result.rows[0]?.rows ?? []).map(([seq, label, scores]) => ({ seq, label, scores }));
}
