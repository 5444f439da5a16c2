import { sql } from 'drizzle-orm';
import type { SealedLog } from '../../../domain/record/sealed.ts';
import type { Db } from '../../base/connect.ts';
import { joinCurrentLabel } from './current-label.ts';
import type { LabelledRow } from './labelled-row.ts';
import { labelledColumns, typed, type RawLabelledRow } from './labelled-rows.ts';
import { sealedFiles } from './sealed-files.ts';
import { labelled } from './sealed-rows.ts';

/**
 * The rows at these positions (ascending) that have a label by the end of `throughWindow`, in their order; from sealed
 * files where Postgres does not have them any more. Law: linear in the positions, and in the row groups that hold them.
 */
export async function labelledAt(
  db: Db,
  sealed: SealedLog,
  model: string,
  of: { readonly seqs: readonly number[]; readonly throughWindow: number },
): Promise<readonly LabelledRow[]> {
  const { rows } = await db.execute<RawLabelledRow>(sql`
    select ${labelledColumns} from prediction p ${joinCurrentLabel({ window: of.throughWindow })}
    where p.model = ${model} and p.seq = any(${sql.param([...of.seqs])}::bigint[])
      and p.window_number <= ${of.throughWindow}`);
  const live = rows.map(typed);
  const found = new Set(live.map(({ seq }) => seq));
  const older = await sealedAt(db, sealed, model, { ...of, seqs: of.seqs.filter((seq) => !found.has(seq)) });
  return [...older, ...live].sort((left, right) => left.seq - right.seq);
}

async function sealedAt(
  db: Db,
  sealed: SealedLog,
  model: string,
  { seqs, throughWindow }: { readonly seqs: readonly number[]; readonly throughWindow: number },
): Promise<readonly LabelledRow[]> {
  const [fromSeq, toSeq] = [seqs[0], seqs.at(-1)];
  if (fromSeq === undefined || toSeq === undefined) return [];
  const found: LabelledRow[] = [];
  for (const file of await sealedFiles(db, model, 'predictions', { fromSeq, toSeq })) {
    const within = seqs.filter((seq) => seq >= file.firstPlace && seq <= file.lastPlace);
    if (within.length === 0) continue;
    const asked = { fromSeq, toSeq, throughWindow, rowsMax: within.length, order: 'oldest', seqs: within } as const;
    // oxlint-disable-next-line no-await-in-loop -- one file at a time
    found.push(...(await labelled(db, sealed, model, await sealed.predictions(file, asked), throughWindow)));
  }
  return found;
}
