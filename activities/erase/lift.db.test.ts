import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { liftErasure } from '../../src/commands/erasure/lift-erasure.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { storeView } from '../../src/db/feature-views/store-view.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import { completeSpec } from '../../src/domain/spec/default-spec.ts';
import type { SourceSpec } from '../../src/domain/spec/source-spec.ts';
import { viewOf } from '../../tests/worlds/a-view.ts';
import { personOn } from '../../tests/worlds/delivered-world.ts';
import { askErasure, runErasure } from '../../tests/worlds/erasure-world.ts';
import { inActivity } from '../../tests/worlds/in-activity.ts';
import { historyOf, ingestDeps, readSource } from '../../tests/worlds/ingest-deps.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { RecordingBus } from '../../tests/worlds/recording-bus.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { ingestSourceActivities } from '../ingest/ingest-source.ts';

const { database } = await openTestDatabase();
const folder = await mkdtemp(path.join(tmpdir(), 'lift-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const deps = ingestDeps(database, folder);
const person = personOn(database, new RecordingBus());

const file = (name: string): SourceSpec => ({ kind: 'file', path: path.join(folder, name), format: 'csv' });
async function define(model: string, source: SourceSpec, entity: string | null = 'id'): Promise<void> {
  const spec = completeSpec({
    name: model,
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [{ kind: 'number', name: 'amount', missing: 'refuse' }],
    target: { task: 'binary', column: 'won', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
    source,
    ...(entity === null ? {} : { entity: { column: entity } }),
  });
  await withTransaction(database, (tx) => storeSpec(tx, spec, 'ana'));
}

/** True where there was something to read. */
const read = async (model: string) => (await readSource(deps, model)).isNew;
const idsOf = async (model: string) => (await historyOf(deps, model, ['id'])).join(' ');

const erase = async (model: string, entity: string): Promise<string> => {
  const erasureId = await askErasure(deps, { name: model, entity });
  await runErasure(deps, erasureId);
  return erasureId;
};
const lift = (erasureId: string) => liftErasure(person, { erasureId, key: null, reason: 'a customer again' });
const rows = 'id,amount,won\na,1,yes\nb,2,no\nc,3,yes\na,4,no\n';

test('a file that is read whole is read again after each lift, and the rows are there again', async () => {
  await writeFile(path.join(folder, 'whole.csv'), rows);
  await define('whole', file('whole.csv'));
  expect(await read('whole')).toBe(true);
  expect(await idsOf('whole')).toBe('a b c a');
  const first = await erase('whole', 'a');
  const second = await erase('whole', 'b');
  expect(await idsOf('whole')).toBe('c');
  expect(await read('whole'), 'the source holds what it held').toBe(false);
  const answer = await lift(first);
  expect(answer.sources).toEqual([expect.objectContaining({ of: 'model', owner: 'whole', isReadAgain: true })]);
  expect(answer.text).toContain('the next training reads');
  expect(answer.text).toContain('`perennial retrain whole`');
  expect(await read('whole')).toBe(true);
  expect(await idsOf('whole')).toBe('a c a');
  expect(await read('whole'), 'once').toBe(false);
  await lift(second);
  expect(await read('whole')).toBe(true);
  expect(await idsOf('whole')).toBe('a b c a');
  expect(await read('whole')).toBe(false);
  // Somebody who is erased later goes from what was read again as well.
  await erase('whole', 'c');
  expect(await idsOf('whole')).toBe('a b a');
  expect(await read('whole')).toBe(false);
});

test('a reading that began before the lift and is stored after it is read once more', async () => {
  await writeFile(path.join(folder, 'late.csv'), rows);
  await define('late', file('late.csv'));
  const erasureId = await erase('late', 'a');
  const { connectSource: connect } = deps;
  const slow = {
    ...deps,
    // The source is opened when who is left out is settled.
    connectSource: (spec: SourceSpec, model: string) => {
      const source = connect(spec, model);
      return {
        ...source,
        async *open(from: string | null, into: string) {
          await lift(erasureId);
          yield* source.open(from, into);
        },
      };
    },
  } as ActivityDependencies;
  const input = { model: 'late', specRevision: 1, runId: 'ingest/late/0', sourceDigest: '0' };
  await inActivity(() => ingestSourceActivities(slow).ingestSource(input));
  expect(await idsOf('late')).toBe('b c');
  expect(await read('late')).toBe(true);
  expect(await idsOf('late')).toBe('a b c a');
});

test('a folder is read on, and the answer says that what it gave before does not come back', async () => {
  await define('grows', { kind: 'folder', path: path.join(folder, 'grows'), format: 'csv' });
  const erasureId = await askErasure(deps, { name: 'grows', entity: 'a' });
  const answer = await lift(erasureId);
  expect(answer.sources).toMatchObject([{ owner: 'grows', isReadAgain: false }]);
  expect(answer.text).toContain('does not come back; a new revision of the definition reads it from its beginning');
});

test('of everything each source is told of, and what has no entity is not', async () => {
  await define('nobody', file('whole.csv'), null);
  await define('union', {
    kind: 'union',
    members: { archive: { kind: 'folder', path: folder, format: 'csv' }, live: { kind: 'push' } },
  });
  await withTransaction(database, (tx) => storeView(tx, viewOf('cards'), 'ana'));
  const { sources, text, isMore } = await lift(await askErasure(deps, { scope: 'all', name: '*', entity: 'a' }));
  expect(sources.map(({ of, owner, isReadAgain }) => [of, owner, isReadAgain])).toEqual([
    ['view', 'cards', false],
    ['model', 'grows', false],
    ['model', 'late', true],
    ['model', 'union', false],
    ['model', 'union', false],
    ['model', 'whole', true],
  ]);
  expect(isMore).toBe(false);
  expect(text).toContain('2 sources will be read again by the next training of its model');
  expect(text).toContain('4 sources will be read on alone');
  expect(await read('late'), 'it covered this one too').toBe(true);
});
