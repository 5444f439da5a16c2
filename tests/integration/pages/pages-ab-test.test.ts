import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import type { Role } from '../../../src/domain/record/closed-sets.ts';
import { pageReaders, wordsOf } from '../../worlds/page-readers.ts';
import { createApiWorld, type ApiWorld } from '../../worlds/api-world.ts';
import { testEntities } from '../../worlds/entity-names.ts';
import { seedPages } from '../../worlds/pages-world.ts';
import { seedLookedAbTest } from '../../worlds/seed-ab-test.ts';

let world: ApiWorld;
let folder: string;
const { signIn, get, read, post } = pageReaders<Role | 'elsewhere'>(
  () => world.api,
  () => world.database,
  'operator',
);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-pages-'));
  const store = createArtifactStore(path.join(folder, 'artifacts'));
  world = await createApiWorld({ store, entities: testEntities });
  await seedPages({ database: world.database, store, folder });
  await seedLookedAbTest(world.database, 'fraud', 2);
  await signIn('operator', 'operator', '*');
  await signIn('viewer', 'viewer', '*');
  await signIn('elsewhere', 'operator', 'other.*');
});

afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

const url = '/models/fraud/ab-tests/1';

test('says what is known of each arm, against zero and what matters, and what it asks', async () => {
  const page = await read(url, 'viewer');
  expect(page).toContain('A/B test 1 of fraud running');
  expect(page).toContain('"v3" is 0.7 better than "control" on 920 units.');
  expect(page).toContain('v3 against the control: 0.7, between 0.1 and 1.3');
  expect(page).toContain('control v2 1,210 0 940 1.9 — — —');
  expect(page).toContain('v3 v3 1,180 1 920 2.6 0.7 20 % better');
  expect(page).toContain('v4 was stopped: 12 entities of v4 had a row that failed, 0 of the control.');
  expect(page).toContain('value, higher is better, between -50 and 100');
  expect(page).toContain('which earns most');
  const { text } = await get(url);
  expect(text).toContain('aria-label="value, v3 against the control');
});

test('stands on the page of its model', async () => {
  const { text } = await get('/models/fraud');
  expect(wordsOf(text)).toContain('A/B test 1 running v2, v3, v4 value');
  expect(text).toContain(`href="${url}"`);
});

test('one that does not exist says so; outside the scope nothing is told', async () => {
  expect((await get('/models/fraud/ab-tests/9')).status).toBe(404);
  expect((await get(url, 'elsewhere')).status).toBe(403);
});

test('a person ends it once, and a reader cannot', async () => {
  const stop = (as?: Role) => post(`${url}/stop`, { reason: 'enough of it' }, as);
  expect((await stop('viewer')).notice).toContain('needs operator or admin');
  expect(await stop()).toMatchObject({ status: 303, location: url });
  expect((await stop()).notice).toContain('The A/B test 1 of \\"fraud\\" has ended.');
  expect(await read(url)).toContain('A/B test 1 of fraud stopped enough of it');
});
