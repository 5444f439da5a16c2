import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import type { Api } from '../../../src/control/app.ts';
import { createApi } from '../../../src/create-api.ts';
import { createDatabase, withTransaction, type Database } from '../../../src/db/base/connect.ts';
import { lockRouting, readRouting, routedVersionOf, writeRouting } from '../../../src/db/routing/routing.ts';
import { putEvidence } from '../../../src/db/runs/evidence.ts';
import type { Correction } from '../../../src/domain/rollout/correction.ts';
import type { Role } from '../../../src/domain/record/closed-sets.ts';
import { createTestDatabase, type TestDatabase } from '../../worlds/database.ts';
import { testEntities } from '../../worlds/entity-names.ts';
import { pageReaders } from '../../worlds/page-readers.ts';
import { seedPages } from '../../worlds/pages-world.ts';
import { openReader } from '../../worlds/reader.ts';
import { silentBus } from '../../worlds/silent-bus.ts';

let place: TestDatabase;
let database: Database;
let readDatabase: Database;
let api: Api;
let folder: string;
const { signIn, get, read, post } = pageReaders<Role>(
  () => api,
  () => database,
  'operator',
);

const before = '1'.repeat(64);
const now = '2'.repeat(64);
const correction: Correction = {
  formatVersion: 2,
  task: 'binary',
  slope: 0.9,
  intercepts: [0.1],
  weights: [0.05, -0.4],
  covariates: [
    { feature: 'age', mean: 30, deviation: 5 },
    { feature: 'amount', mean: 45, deviation: 12.5 },
  ],
};
const page = '/models/fraud/versions/2';
const champion = async () => (await readRouting(database.db, 'fraud'))?.champion;

beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url);
  readDatabase = await openReader(place.url);
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-pages-'));
  const store = createArtifactStore(path.join(folder, 'artifacts'));
  api = createApi({
    sourceRoots: [{ scope: '*', path: '/data' }],
    database,
    readDatabase,
    bus: silentBus(),
    log: { info: () => undefined, error: () => undefined },
    store,
    entities: testEntities,
  });
  await seedPages({ database, store, folder });
  await withTransaction(database, async (tx) => {
    const entry = await lockRouting(tx, 'fraud');
    const routed = { ...(await routedVersionOf(tx, 'fraud', 2)), correction: now };
    await writeRouting(tx, { ...entry, champion: routed, stage: 'steady' }, 'keep');
  });
  await database.pool.query(
    `update version set report = jsonb_set(report, '{firstCorrection}', '{"text": "Corrected: it gains 0.07."}')
      where model = 'fraud' and version = 2`,
  );
  for (const [window, digest, from, lower] of [
    [20, before, 'identity', 0.011],
    [21, now, before, 0.022],
  ] as const)
    // oxlint-disable-next-line no-await-in-loop -- in this order
    await putEvidence(database.db, {
      model: 'fraud',
      kind: 'correction',
      subject: { of: 'correction', window, version: 2 },
      verdict: 'fitted',
      body: {
        verdict: 'fitted',
        text: `Corrected anew in window ${window}.`,
        correction,
        rows: 900,
        gain: { rows: 800, estimate: 0.033, lower },
        harm: null,
        digest,
        before: from,
      },
    });
  await signIn('operator', 'operator', '*');
  await signIn('viewer', 'viewer', '*');
});
afterAll(async () => {
  await readDatabase.close();
  await database.close();
  await place.drop();
  await rm(folder, { recursive: true, force: true });
});

test('shows what features add, what the hold-out said, what was gained and every correction', async () => {
  const shown = await read(page);
  expect(shown).toContain('Before it answered anybody, its hold-out said: Corrected: it gains 0.07.');
  expect(shown).toContain(
    'Where amount lies one deviation (12.5) above its mean of 45, the log-odds of fraud are 0.4 lower',
  );
  // The largest first, whichever way it goes.
  expect(shown).toContain('amount 45 12.5 -0.4 age 30 5 +0.05');
  expect(shown).toContain('window 20 0.033 0.011 window 21 0.033 0.022');
  expect(shown).toContain('answers now 900 0.033 0.022 watch Corrected anew in window 21.');
  expect(shown).toContain('It answers with slope 0.9, shift 0.1.');
});

test('an operator puts the one before back, and lets go; whoever may only read is told so', async () => {
  expect((await post(`${page}/correction/undo`, { reason: 'bad labels', to: '' }, 'viewer')).notice).toContain('needs');
  expect(await champion()).toMatchObject({ correction: now });
  const undone = await post(`${page}/correction/undo`, { reason: 'bad labels', to: '' });
  expect(undone).toMatchObject({ status: 303, location: `${page}#correction` });
  expect(undone.notice).toContain(`v2 answers with correction ${before.slice(0, 16)}`);
  expect(await champion()).toMatchObject({ correction: before, isCorrectionHeld: true });
  const held = await read(page);
  expect(held).toContain('A person holds it so: the watch changes nothing of it.');
  expect(held).toContain('undone');
  expect(held).toContain('bad labels');
  // The words of the one that answers stay, whatever was said last.
  expect(held).toContain('the log-odds of fraud are 0.4 lower');

  expect((await post('/models/fraud/versions/3/correction/resume', { reason: 'mended' })).notice).toContain(
    'Nobody holds a correction of v3',
  );
  await post(`${page}/correction/resume`, { reason: 'the labels are mended' });
  expect((await champion())?.isCorrectionHeld).toBeUndefined();
  expect((await post('/models/fraud/versions/3/correction/undo', { reason: 'no', to: '' })).notice).toContain(
    'A reason of at least three characters',
  );
  expect(
    (await post('/models/fraud/versions/3/correction/undo', { reason: 'the wrong page', to: '' })).notice,
  ).toContain('is champion, not v3.');
});

test('the card says what answers, and a version that never answered has no form to undo', async () => {
  expect((await get(`${page}/card.md`)).text).toContain('slope 0.9, shift 0.1');
  expect(await read('/models/fraud/versions/3')).toContain('Undo the correction: not now');
});
