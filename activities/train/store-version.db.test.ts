import { expect, test } from 'vitest';
import { putEvidence } from '../../src/db/runs/evidence.ts';
import { openRun } from '../../src/db/runs/runs.ts';
import type { TrainReport } from '../../src/domain/training/training.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { seedModel } from '../../tests/worlds/two-models.ts';
import { storeVersion, type JudgedInput, type Made } from './store-version.ts';

const { database } = await openTestDatabase();
await seedModel(database, 'fraud', 1);

/** A training whose gate could not decide. */
async function store(
  number: number,
  changes: { readonly asked: Made['asked']; readonly rollout?: boolean; readonly verdict?: string },
) {
  const runId = `train/fraud/${number}`;
  const input = { model: 'fraud', number, runId, specRevision: 1, trigger: 'person', taskQueue: 'fit' };
  await openRun(database.db, { runId, model: 'fraud', kind: 'train', trigger: 'person', input });
  const { evidenceId } = await putEvidence(database.db, {
    model: 'fraud',
    kind: 'gate',
    subject: { of: 'run', runId },
    verdict: 'insufficient',
    body: {},
  });
  const digest = String(number).repeat(64);
  const trained = { modelDigest: digest, profileDigest: digest, testScoresDigest: digest, reportDigest: digest };
  const judged: JudgedInput = { ...input, rollout: changes.rollout ?? true, snapshots: [], trained };
  const report = JSON.parse('{"candidate":{"testMetrics":{"rows":9}},"release":{"threshold":0.5}}') as TrainReport;
  const { asked, verdict = 'insufficient' } = changes;
  const made: Made = { report, verdict, evidenceId, baseVersion: 1, correction: 'identity', asked };
  return storeVersion({ database }, judged, made);
}

async function asks(): Promise<readonly { subject: string; title: string; body: string }[]> {
  const { rows } = await database.pool.query(
    `select subject, title, body from alert where kind = 'gate-undecided' order by alert_id`,
  );
  return rows;
}

test('a person is asked where the definition says so, once, and never for an experiment', async () => {
  await store(2, { asked: null });
  expect(await asks(), 'it waits for more rows').toEqual([]);
  const version = await store(3, { asked: { text: 'The gate cannot decide.', webhooks: [] } });
  await store(4, { asked: { text: 'An experiment.', webhooks: [] }, rollout: false });
  const [alert, ...others] = await asks();
  expect(others).toEqual([]);
  expect(alert?.title).toBe(`v${version} of fraud waits for a person`);
  expect(alert?.body).toContain(`\`perennial promote fraud --to ${version} --force --reason "..."\``);
});

test('one that waits for a person stays until a later candidate has passed its gate, and then makes room', async () => {
  const open = async () =>
    (
      await database.pool.query<{ version: number; status: string; reason: string | null }>(
        `select version, status, reason from rollout where model = 'fraud' order by version`,
      )
    ).rows;
  const before = await open();
  expect(before).toMatchObject([{ version: 1, status: 'held' }]);
  await store(5, { asked: null });
  await store(6, { asked: null, verdict: 'pass', rollout: false });
  expect(await open(), 'none of these is rolled out').toEqual(before);
  const version = await store(7, { asked: null, verdict: 'pass' });
  const after = [
    {
      version: 1,
      status: 'rolled-back',
      reason: expect.stringMatching(`^not promoted: v${version} .* takes its place$`),
    },
    { version, status: 'active' },
  ];
  expect(await open()).toMatchObject(after);
  // The answer of the activity got lost, and it is asked again.
  expect(await store(7, { asked: null, verdict: 'pass' })).toBe(version);
  expect(await open()).toMatchObject(after);
});
