import { sql } from 'drizzle-orm';
import { unhelpfulCountedMax } from '../../domain/watch/decide-retrain.ts';
import type { Db } from '../base/connect.ts';

/** The newest trainings in a row that drift or decay had asked for and that brought no champion, newest first. */
export interface UnhelpfulTrainings {
  readonly runIds: readonly string[];
  /** `v5 was refused by its gate`, one for each. */
  readonly endings: readonly string[];
}

/**
 * A training that brought no version (it failed) is no answer to the question, and neither are those before it. Law:
 * the versions of at most `unhelpfulCountedMax` trainings.
 */
export async function unhelpfulTrainings(
  db: Db,
  model: string,
  past: readonly { readonly runId: string; readonly trigger: string | null }[],
): Promise<UnhelpfulTrainings> {
  const asked = past.slice(0, unhelpfulCountedMax);
  const first = asked.findIndex(({ trigger }) => trigger !== 'drift' && trigger !== 'decay');
  const inRow = first === -1 ? asked : asked.slice(0, first);
  if (inRow.length === 0) return { runIds: [], endings: [] };
  const found = await db.execute<{ run_id: string; version: number; status: string; ending: string | null }>(sql`
    select v.run_id, v.version, v.status,
      (select r.status from rollout r where r.model = v.model and r.version = v.version
        order by r.attempt desc limit 1) as ending
    from version v
    where v.model = ${model} and v.run_id = any(${sql.param(inRow.map(({ runId }) => runId))}::text[])`);
  const byRun = new Map(found.rows.map((row) => [row.run_id, row]));
  const endings: string[] = [];
  for (const { runId } of inRow) {
    const row = byRun.get(runId);
    const ending = row === undefined ? null : endingOf(row);
    if (ending === null) break;
    endings.push(ending);
  }
  return { runIds: inRow.slice(0, endings.length).map(({ runId }) => runId), endings };
}

/** Null for one that helped, or of which nobody knows yet. */
function endingOf({ version, status, ending }: { version: number; status: string; ending: string | null }) {
  if (status === 'rejected') return `v${version} was refused by its gate`;
  return ending === 'rolled-back' ? `v${version} was taken out of its rollout` : null;
}
