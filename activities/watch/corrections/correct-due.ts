import { isDatabaseAway } from '../../../src/db/base/connect.ts';
import { readCurrentSpec } from '../../../src/db/models/specs.ts';
import { readMaturity } from '../../../src/db/traffic/mature/read-maturity.ts';
import { dueCorrections, moveDue, type DueCorrection } from '../../../src/db/routing/due-corrections.ts';
import { WatchLeaseLost, type WatchLease } from '../../../src/db/watching/watch-lease.ts';
import { labelPlanOf } from '../../../src/domain/watch/mature-through.ts';
import type { ActivityDependencies } from '../../dependencies.ts';
import { fitCorrections, nextDue, putCorrections } from '../correct.ts';
import { withinTime, type LeasedWrite } from '../leased-write.ts';
import { recentScoresOf } from '../recent-scores.ts';

/** Models that are corrected in one batch of the watch; the next batch goes on. */
const batchMax = 40;
/** One that takes longer waits for its next turn: it would hold up everything behind it. */
const fitMsMax = 30_000;

export interface DueBatch {
  readonly write: LeasedWrite;
  /** True when no other correction may be begun. */
  readonly isOver: () => boolean;
}

/**
 * Corrects answers anew within windows, of all models of a shard that are due, one after the other. One whose fit fails
 * is logged and due again after as many rows as its plan says; only a lost lease, or Postgres that is away, ends the
 * batch. Says whether more are due.
 */
export async function correctDue(deps: ActivityDependencies, lease: WatchLease, batch: DueBatch): Promise<boolean> {
  const waiting = await dueCorrections(deps.database.db, lease, batchMax);
  for (const due of waiting) {
    if (batch.isOver()) return true;
    // oxlint-disable-next-line no-await-in-loop -- one fit at a time: windows have had their turn, and no hurry is left
    await correctOrMoveOn(deps, due, batch.write);
  }
  return waiting.length >= batchMax;
}

async function correctOrMoveOn(deps: ActivityDependencies, due: DueCorrection, write: LeasedWrite): Promise<void> {
  const { model, labelledRows } = due;
  try {
    await withinTime(write, { limitMs: fitMsMax, what: 'correcting it' }, (own) => correctOne(deps, due, own));
  } catch (error) {
    if (error instanceof WatchLeaseLost || isDatabaseAway(error)) throw error;
    deps.log.error({ model, labelledRows, err: error }, 'answers cannot be corrected anew; the next turn tries again');
    const everyRows = await readCurrentSpec(deps.database.db, model).then(
      ({ spec }) => spec.watch.correction?.everyRows ?? null,
      () => null,
    );
    await write((tx) => moveDue(tx, due, everyRows === null ? null : labelledRows + everyRows));
  }
}

/** On the labels that are known now. Evidence, routing and the next turn are written together or not at all. */
async function correctOne(deps: ActivityDependencies, due: DueCorrection, write: LeasedWrite): Promise<void> {
  const { db } = deps.database;
  const { model, window, lastSeq: throughSeq, labelledRows } = due;
  const { spec } = await readCurrentSpec(db, model);
  const maturity = await readMaturity(db, model, labelPlanOf(spec), { throughSeq, throughWindow: window });
  const recent = recentScoresOf(
    db,
    { model, number: window },
    {
      matureSeq: maturity.throughSeq,
      rowsReadMax: spec.watch.correction?.rowsMax ?? 0,
      hasNumbers: (spec.watch.correction?.featuresMax ?? 0) > 0,
    },
  );
  const plan = spec.watch.correction;
  const moment = { model, number: window, lastSeq: throughSeq, atLabelledRows: labelledRows };
  // A definition that no longer asks for it is corrected at the ends of windows alone.
  const fitted = plan?.everyRows === undefined ? [] : await fitCorrections(deps, moment, spec, recent);
  await write(async (tx) => {
    if (await moveDue(tx, due, nextDue(spec, fitted, labelledRows))) await putCorrections(tx, moment, fitted);
  });
}
