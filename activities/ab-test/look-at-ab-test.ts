import { judgeAbTest } from '../../src/domain/ab-test/judge-ab-test.ts';
import type { AbTestJudgement } from '../../src/domain/ab-test/ab-test.ts';
import type { AbTestStanding, TestedArm } from '../../src/domain/ab-test/declared.ts';
import { judgeArmHarm, sayArmHarm } from '../../src/domain/ab-test/judge-arm-harm.ts';
import { unitOutcomes } from '../../src/domain/ab-test/unit-outcome.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { labelPlanOf } from '../../src/domain/watch/mature-through.ts';
import { withTransaction, type Database } from '../../src/db/base/connect.ts';
import { countPage, exposePage, putStanding, type OutcomesOf } from '../../src/db/routing/ab-test-counts.ts';
import { lockOpenAbTest, stopArm, type AbTestKey, type AbTestRow } from '../../src/db/routing/ab-tests.ts';
import { lockRouting } from '../../src/db/routing/routing.ts';
import { readMaturity } from '../../src/db/traffic/mature/read-maturity.ts';
import { openAlert } from '../../src/db/watching/alerts.ts';
import { loggedAmounts } from '../../src/db/models/logged-amounts.ts';
import { concludeAbTest } from './conclude-ab-test.ts';

/** A look reads at most so many pages of each kind; the next one goes on. */
const pagesMax = 20;

/**
 * One look: who came, who failed, what came true; then whether an arm does harm, and which one does best. True when the
 * test is over. Law: linear in the rows since the look before.
 */
export async function lookAtAbTest(
  database: Database,
  key: AbTestKey,
  spec: ModelSpec,
  lastSeq: number,
): Promise<boolean> {
  const read = await readOn(database, key, spec, lastSeq);
  if (read === null) return true;
  const { row, standing } = read;
  const isDeadline = row.deadlineAt.getTime() <= Date.now();
  const harmed = standing.harm.filter(({ eValue, boundary }) => eValue >= boundary);
  if (harmed.length > 0) {
    const left = await stopArms(database, key, spec, standing);
    if (left === null) return true;
    if (left.slice(1).every(({ stoppedSeq }) => stoppedSeq !== null))
      return concludeAbTest(database, row, spec, standing, 'harmful');
  }
  const { verdict } = standing.judgement;
  if (verdict !== 'running') return concludeAbTest(database, row, spec, standing, verdict);
  if (isDeadline) return concludeAbTest(database, row, spec, standing, 'undecided');
  await withTransaction(database, (tx) => putStanding(tx, key, standing));
  return false;
}

async function readOn(
  database: Database,
  key: AbTestKey,
  spec: ModelSpec,
  lastSeq: number,
): Promise<{ readonly row: AbTestRow; readonly standing: AbTestStanding } | null> {
  const { failures: kinds, slowMs, riskRatioMax } = spec.rollout;
  const seen = { hasErrors: kinds.includes('error'), slowUs: kinds.includes('slow') ? slowMs * 1_000 : null };
  const exposed = await pages(
    () => withTransaction(database, (tx) => exposePage(tx, key, lastSeq, seen)),
    ({ exposedSeq }) => exposedSeq < lastSeq,
  );
  if (exposed === null) return null;
  const knownSeq = exposed.exposedSeq;
  const maturity = await readMaturity(database.db, key.model, labelPlanOf(spec), { throughSeq: knownSeq });
  const matureSeq = Math.min(maturity.throughSeq, knownSeq);
  const row = await pages(
    () => withTransaction(database, (tx) => countPage(tx, key, { matureSeq, knownSeq }, outcomesBy(exposed, spec))),
    ({ countedSeq }) => countedSeq < matureSeq,
  );
  if (row === null) return null;
  const standing = {
    judgement: judge(row),
    harm: judgeArmHarm(row.arms, riskRatioMax),
    throughSeq: row.exposedSeq,
    matureSeq: row.countedSeq,
    maturity: maturity.text,
  };
  return { row, standing };
}

async function pages(
  read: () => Promise<AbTestRow | null>,
  hasMore: (row: AbTestRow) => boolean,
): Promise<AbTestRow | null> {
  for (let page = 1; ; page++) {
    // oxlint-disable-next-line no-await-in-loop -- the next page begins where this one ends
    const row = await read();
    if (row === null || page >= pagesMax || !hasMore(row)) return row;
  }
}

// By the transaction's own connection: as many looks as the pool has connections would wait for each other for ever.
function outcomesBy({ model, plan }: AbTestRow, spec: ModelSpec): OutcomesOf {
  return async (tx, rows) => unitOutcomes(spec, plan.metric, rows, await loggedAmounts(tx, model, rows));
}

function judge(row: AbTestRow): AbTestJudgement {
  const exposure = row.arms.map(({ name, assigned, stoppedSeq }) => ({
    arm: name,
    assigned,
    ...(stoppedSeq === null ? {} : { isStopped: true }),
  }));
  return judgeAbTest(row.plan, row.state, exposure, row.deadlineAt.getTime() <= Date.now());
}

/** Arms as they stand afterwards; null where the test has ended meanwhile. */
async function stopArms(
  database: Database,
  key: AbTestKey,
  spec: ModelSpec,
  { harm, throughSeq }: AbTestStanding,
): Promise<readonly TestedArm[] | null> {
  return withTransaction(database, async (tx) => {
    // Before the row: whoever ends a test takes them in this order.
    await lockRouting(tx, key.model);
    const row = await lockOpenAbTest(tx, key);
    if (row === null) return null;
    let { arms } = row;
    for (const found of harm.filter(({ eValue, boundary }) => eValue >= boundary)) {
      const arm = arms.find(({ name }) => name === found.arm);
      if (arm === undefined || arm.stoppedSeq !== null) continue;
      const why = sayArmHarm(arms, found, spec.rollout.riskRatioMax);
      // oxlint-disable-next-line no-await-in-loop -- one connection
      arms = await stopArm(tx, { ...row, arms }, { name: arm.name, why, throughSeq });
      // oxlint-disable-next-line no-await-in-loop -- one connection
      await openAlert(tx, {
        model: key.model,
        kind: 'ab-test-arm-stopped',
        subject: { of: 'version', version: arm.version },
        severity: 'warning',
        title: `${arm.name} fails too often: the A/B test ${key.number} of ${key.model} goes on without it`,
        body: `${why}. The control answers its entities.`,
        webhooks: spec.watch.webhooks,
      });
    }
    return arms;
  });
}
