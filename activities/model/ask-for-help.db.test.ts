import { expect, test } from 'vitest';
import { closeAlerts } from '../../src/db/watching/alerts.ts';
import { closeAlertByHand } from '../../src/db/watching/close-alert.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { askForHelp } from './ask-for-help.ts';

const { database } = await openTestDatabase();
const { db } = database;

/** What each window says after `runId` was the last training that did not help. */
const ask = (runId: string) =>
  askForHelp(db, 'fraud', {
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
