import { expect, test } from 'vitest';
import { closeAlerts } from '../../src/db/watching/alerts.ts';
import { closeAlertByHand } from '../../src/db/watching/close-alert.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { seedModel } from '../../tests/worlds/two-models.ts';
import { askForHelp } from './ask-for-help.ts';

const { database } = await openTestDatabase();
const { db, pool } = database;

/** What each window says after `runId` was the last training that did not help. */
const ask = (runId: string, model = 'fraud') =>
  askForHelp(db, model, {
    decided: {
      retrain: false,
      trigger: 'decay',
      blockedBy: 'unhelpful',
      reason: 'did not retrain',
      considered: [
        { trigger: 'decay', fired: true, text: 'quality has decayed' },
        { trigger: 'drift', fired: false, text: 'no drift' },
      ],
    },
    unhelpful: { runIds: [runId, 'r1'], endings: ['v3 was taken out of its rollout', 'v2 was refused by its gate'] },
    webhooks: [],
    metric: 'logLoss',
  });

async function open(): Promise<readonly { alert_id: string; subject: string; body: string }[]> {
  const { rows } = await database.pool.query(
    `select alert_id, subject, body from alert where kind = 'retraining-unhelpful' and closed_at is null`,
  );
  return rows;
}

test('a person is asked once for each training that did not help, whatever windows say again', async () => {
  await ask('r2');
  await ask('r2');
  const [asked, ...others] = await open();
  expect(others).toEqual([]);
  expect(asked?.body).toMatch(
    /^v2 was refused by its gate, v3 was taken out of its rollout, although quality has decayed\. /,
  );
  await closeAlertByHand(db, Number(asked?.alert_id), 'ops', 'seen');
  await ask('r2');
  expect(await open(), 'what was closed by hand stays closed').toEqual([]);
  await ask('r3');
  expect((await open()).map(({ subject }) => subject)).toEqual([expect.stringContaining('r3')]);
  await closeAlerts(db, 'fraud', ['retraining-unhelpful']);
  expect(await open()).toEqual([]);
});

test('features that say less than at the best champion are named, with what to try', async () => {
  const reportOf = (logLoss: number, amount: number) => ({
    candidate: { testMetrics: { logLoss } },
    relations: [
      { feature: 'amount', share: amount, standardError: 0.01, rows: 500 },
      { feature: 'noise', share: 0, standardError: 0.01, rows: 500 },
    ],
  });
  await seedModel(database, 'learnt', 1);
  const add = (version: number, report: object) =>
    pool.query(
      `insert into version (model, version, run_id, status, spec_revision, model_digest, profile_digest, correction,
        snapshots, report, labelled_rows, gate_verdict)
      values ('learnt', $1, $2, 'released', 1, 'm', 'p', 'identity', '[]', $3, 1, 'pass')`,
      [version, `train/learnt/${version}`, JSON.stringify(report)],
    );
  const champion = (version: number) =>
    pool.query(
      `insert into alias_move (model, alias, to_version, actor, why, routing_revision)
      values ('learnt', 'champion', $1, 'seed', 'best', $1)`,
      [version],
    );
  await add(2, reportOf(0.3, 0.4));
  await champion(2);
  await add(3, reportOf(0.5, 0.2));
  await champion(3);
  await add(4, reportOf(0.6, 0.01));
  await ask('train/learnt/4', 'learnt');
  const [asked] = (await open()).filter(({ subject }) => subject.includes('learnt'));
  expect(asked?.body).toContain(
    'Proven to say less than half of what was said about the target at v2, by the test rows of v4 (5 % error for all ' +
      'features together): amount (40 % of its variance then, 1 % now). Look at where it comes from',
  );
  expect(asked?.body).toContain('`perennial retrain learnt` trains at once all the same.');
});
