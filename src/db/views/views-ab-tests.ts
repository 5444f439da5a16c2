import type { AbTestView } from '../../contracts/http/ab-tests.ts';
import type { Db } from '../base/connect.ts';
import { findAbTest, listAbTests, type AbTestRow } from '../routing/ab-tests.ts';

/** Latest first; those before a number, or null for the latest. */
export async function abTestViews(
  db: Db,
  model: string,
  page: { readonly before: number | null; readonly rowsMax: number },
): Promise<readonly AbTestView[]> {
  return (await listAbTests(db, model, page)).map(viewOf);
}

export async function abTestViewOf(db: Db, model: string, number: number): Promise<AbTestView | null> {
  const row = await findAbTest(db, { model, number });
  return row === null ? null : viewOf(row);
}

function viewOf(row: AbTestRow): AbTestView {
  const judged = row.standing?.judgement ?? null;
  return {
    model: row.model,
    number: row.number,
    status: row.status,
    ending: row.ending,
    text: row.reason ?? judged?.text ?? waiting[row.status === 'starting' ? 'starting' : 'running'],
    winner: row.ending === null || row.ending === 'winner' ? (judged?.winner ?? null) : null,
    progress: judged?.progress ?? 0,
    declared: { ...row.declared, versions: [...row.declared.versions], bounds: [...row.declared.bounds] },
    actor: row.actor,
    why: row.why,
    startedAt: row.startedAt.toISOString(),
    begunAt: row.begunAt?.toISOString() ?? null,
    deadlineAt: row.deadlineAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    looks: row.looks,
    lookedAt: row.lookedAt?.toISOString() ?? null,
    evidenceId: row.evidenceId,
    maturity: row.standing?.maturity ?? null,
    arms: row.arms.map(({ name, version, assigned, failures, why }, at) => {
      const found = at === 0 ? judged?.control : judged?.arms.find(({ arm }) => arm === name);
      const compared = judged?.arms.find(({ arm }) => arm === name);
      return {
        arm: name,
        version,
        assigned,
        failures,
        stopped: why,
        units: found?.units ?? 0,
        mean: found?.mean ?? null,
        difference: compared?.difference ?? null,
        lower: compared?.lower ?? null,
        upper: compared?.upper ?? null,
        varianceCut: compared?.varianceCut ?? null,
        verdict: compared?.verdict ?? null,
      };
    }),
  };
}

const waiting = {
  starting: 'It begins when every serving process knows its arms.',
  running: 'It runs; nothing has been looked at yet.',
} as const;
