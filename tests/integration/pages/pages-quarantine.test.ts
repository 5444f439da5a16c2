import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import { withTransaction } from '../../../src/db/base/connect.ts';
import { readCurrentSpec, storeSpec } from '../../../src/db/models/specs.ts';
import { completeSpec } from '../../../src/domain/spec/default-spec.ts';
import type { Role } from '../../../src/domain/record/closed-sets.ts';
import { createApiWorld, type ApiWorld } from '../../worlds/api-world.ts';
import { testEntities } from '../../worlds/entity-names.ts';
import { pageReaders } from '../../worlds/page-readers.ts';
import { ingestText } from '../../worlds/quarantined-world.ts';

let world: ApiWorld;
let folder: string;
let page: string;
const { signIn, read, post } = pageReaders<Role>(
  () => world.api,
  () => world.database,
  'admin',
);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-pages-'));
  const store = createArtifactStore(path.join(folder, 'artifacts'));
  world = await createApiWorld({
    sourceRoots: [{ scope: '*', path: folder }],
    store,
    importDir: path.join(folder, 'incoming'),
    entities: testEntities,
  });
  const spec = completeSpec({
    name: 'shop',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [{ kind: 'category', name: 'country', missing: 'refuse', values: ['DE', 'FR'] }],
    target: { task: 'binary', column: 'won', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
    source: { kind: 'file', path: path.join(folder, 'orders.csv'), format: 'csv' },
  });
  await withTransaction(world.database, (tx) => storeSpec(tx, spec, 'ana'));
  const text = 'country,won\nDE,yes\nde,no\nFR,no\n';
  const { digest } = await ingestText(world.database, { store, folder }, { model: 'shop', text });
  page = `/snapshots/${digest}/quarantine`;
  await signIn('admin', 'admin', '*');
  await signIn('operator', 'operator', '*');
});

afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

const upper = { repair: '{"repair":"case","column":"country","to":"upper"}', reason: 'one shop' };

test('the form says first what a repair would mend, and then adds it', async () => {
  expect(await read(page)).toContain('only say what it would mend');
  const tried = await post(`${page}/repair`, { ...upper, only: 'yes' }, 'operator');
  expect(tried.notice).toContain('Of 1 row it would change 1; 1 would pass, 0 be taken out, 0 stay set aside');
  expect((await readCurrentSpec(world.database.db, 'shop')).revision).toBe(1);
  expect((await post(`${page}/repair`, upper, 'operator')).notice).toContain('this needs admin');
  expect((await post(`${page}/repair`, { ...upper, repair: '{"repair":"x"' })).notice).toContain(
    'The repair is not valid',
  );
  const added = await post(`${page}/repair`, upper);
  expect(added.notice).toContain('revision 2, which reads its source anew');
  expect(added.notice).toContain("write repair.toCase('country', 'upper') into the definition file");
  expect((await readCurrentSpec(world.database.db, 'shop')).spec.repairs).toHaveLength(1);
});
