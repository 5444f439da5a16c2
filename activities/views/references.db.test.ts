import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Principal } from '../../src/access/principal.ts';
import { fixQuarantine } from '../../src/commands/quarantine/fix-quarantine.ts';
import { replayQuarantine } from '../../src/commands/quarantine/replay-quarantine.ts';
import { viewsNow } from '../../src/commands/quarantine/views-now.ts';
import { pinViews } from '../../src/commands/views/pin-views.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { noteOnlineLook, wantOnlineViews } from '../../src/db/feature-views/online-due.ts';
import { storeView } from '../../src/db/feature-views/store-view.ts';
import { lineageOf, newestHistoryOf } from '../../src/db/models/snapshots.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import type { ContractRule } from '../../src/domain/spec/spec.ts';
import {
  binary,
  category,
  csv,
  defineModel,
  defineView,
  folder,
  from,
  number,
  references,
  windowed,
} from '../../src/sdk/index.ts';
import { personOn } from '../../tests/worlds/delivered-world.ts';
import { failureOf } from '../../tests/worlds/foreign-rows.ts';
import { inActivity } from '../../tests/worlds/in-activity.ts';
import { historyOf, ingestDeps } from '../../tests/worlds/ingest-deps.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { RecordingBus } from '../../tests/worlds/recording-bus.ts';
import { writeAged } from '../../tests/worlds/write-aged.ts';
import { ingestSourceActivities } from '../ingest/ingest-source.ts';

const { database } = await openTestDatabase();
const principal: Principal = { tokenId: '00000000-0000-4000-8000-000000000000', name: 't', role: 'admin', scope: '*' };

let root: string;
const write = (name: string, lines: readonly string[]) => writeAged(path.join(root, name), lines);
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'perennial-references-'));
  await write('cards/1.csv', ['card,shop,at,limit', 'a,x,2026-01-01T00:00:00Z,1', 'b,x,2026-01-10T00:00:00Z,2']);
  await withTransaction(database, (tx) => storeView(tx, cards, 'test'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const cards = defineView({
  name: 'cards',
  owner: 'risk',
  entity: 'card',
  eventTime: 'at',
  features: { limit: number() },
  source: folder('cards', { format: 'csv' }),
});

const deps = () => ingestDeps(database, root);

const model = (name: string, rules: readonly ContractRule[], change: object = {}) =>
  defineModel(name, {
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    source: csv(`${name}.csv`),
    entity: 'card',
    eventTime: 'paid',
    features: { price: number(), shop: category() },
    target: binary('y', { positive: 'yes', negative: 'no' }),
    contract: { rules, quarantineShareMax: 0.9 },
    ...change,
  });

const apply = (spec: ReturnType<typeof model>) =>
  withTransaction(database, async (tx) => {
    const pinned = await pinViews(tx, spec, { principal, moveViews: false });
    await storeSpec(tx, pinned.spec, 'test');
    return pinned;
  });

let runs = 0;
const ingest = (name: string) =>
  inActivity(() =>
    ingestSourceActivities(deps()).ingestSource({
      model: name,
      specRevision: 1,
      sourceDigest: 's',
      runId: `ingest/${name}/${++runs}/1`,
    }),
  );

const rows = [
  'card,paid,price,shop,y',
  'a,2026-01-02T00:00:00Z,1,x,yes',
  'b,2026-01-02T00:00:00Z,2,x,no', // known eight days later
  'b,2026-01-11T00:00:00Z,3,x,no',
  'nobody,2026-01-11T00:00:00Z,4,x,yes',
  ',2026-01-11T00:00:00Z,5,x,yes', // refers to nothing
];

test('rows are set aside whose key the view did not have at their time; the snapshot names the view', async () => {
  const { spec, views } = await apply(model('asking', [references(['card'], cards)]));
  expect(views).toMatchObject([{ view: 'cards', revision: 1 }]);
  expect(spec.contract.rules).toMatchObject([{ rule: 'references', digest: views[0]?.digest }]);
  await write('asking.csv', rows);
  const ref = await ingest('asking');
  expect(ref).toMatchObject({ rows: 3, quarantinedRows: 2 });
  const manifest = (await lineageOf(database.db, [ref.digest])).at(-1)?.manifest;
  expect(manifest?.ruleCounts).toEqual([
    {
      ruleId: 'references-cards-card',
      severity: 'quarantine',
      rows: 2,
      line: 3,
      about: 'card is a key of view cards',
    },
  ]);
  expect(manifest?.asked).toMatchObject([{ view: 'cards', digest: views[0]?.digest }]);
  expect(manifest?.joined).toBeUndefined();
  await wantOnlineViews(database);
  expect((await database.pool.query(`select view from online_view where view = 'cards'`)).rows).toHaveLength(1);
});

test('it warns, or refuses the whole batch, as it is declared', async () => {
  await apply(model('warning', [references(['card'], 'cards', { severity: 'warn' })]));
  await write('warning.csv', rows);
  expect(await ingest('warning')).toMatchObject({ rows: 5, quarantinedRows: 0 });
  await apply(model('rejecting', [references(['card'], 'cards', { severity: 'reject' })]));
  await write('rejecting.csv', rows);
  expect(await failureOf(ingest('rejecting'))).toMatchObject({
    code: 'contract_rejected',
    message: expect.stringMatching(/refuses the whole batch: references-cards-card 2, first on line 3$/),
  });
});

test('rows without a time look at what is known now', async () => {
  await apply(model('timeless', [references(['card'], 'cards')], { eventTime: undefined }));
  await write('timeless.csv', rows);
  expect(await ingest('timeless')).toMatchObject({ rows: 4, quarantinedRows: 1 });
});

test('apply refuses a view or a key that is not there, and columns that are no key of it', async () => {
  const windows = { name: 'sums', features: { spend: windowed.sum('amount', '7 days') } };
  const base = { owner: 'o', entity: 'card', eventTime: 'at', source: folder('sums', { format: 'csv' }) };
  await withTransaction(database, (tx) => storeView(tx, defineView({ ...base, ...windows }), 'test'));
  const failure = (rule: ContractRule) => failureOf(apply(model('refused', [rule])));
  expect(await failure(references(['card'], 'nowhere'))).toMatchObject({ code: 'not_found' });
  expect(await failure(references(['card', 'shop'], 'cards'))).toMatchObject({
    code: 'invalid_spec',
    message: expect.stringContaining('a key of view cards has 1 columns, and rule references-cards-card-shop names 2'),
  });
  expect(await failure(references(['card'], 'sums'))).toMatchObject({
    message: expect.stringContaining('view sums has windows alone and keeps no keys'),
  });
  expect(() => model('refused', [references(['price'], 'cards')])).toThrow(
    /looks a view up by price, which is no text/,
  );
  expect(() => model('refused', [references(['y'], 'cards')])).toThrow(/looks a view up by y/);
  expect(() => model('refused', [references(['nothing'], 'cards')])).toThrow(/nothing/);
  expect(() =>
    defineView({
      ...base,
      name: 'asks',
      features: { limit: number() },
      contract: { rules: [references(['card'], 'cards')] },
    }),
  ).toThrow(/asks another view/);
});

test('a view that cannot be read stops the ingest by name: no row passes unasked', async () => {
  const broken = defineView({
    name: 'broken',
    owner: 'o',
    entity: 'card',
    eventTime: 'at',
    features: { limit: number() },
    source: folder('broken', { format: 'csv' }),
  });
  await withTransaction(database, (tx) => storeView(tx, broken, 'test'));
  await write('broken/1.csv', ['card,at', 'a,2026-01-01T00:00:00Z']);
  await apply(model('stopped', [references(['card'], 'broken')]));
  await write('stopped.csv', rows);
  expect(await failureOf(ingest('stopped'))).toMatchObject({ message: expect.stringMatching(/^View broken: /) });
});

test('a view whose source held nothing has no key, and one that was never read is not asked', async () => {
  const source = folder('empty', { format: 'csv' });
  const empty = defineView({
    name: 'empty',
    owner: 'o',
    entity: 'card',
    eventTime: 'at',
    features: { limit: number() },
    source,
  });
  await mkdir(path.join(root, 'empty'));
  await withTransaction(database, (tx) => storeView(tx, empty, 'test'));
  const { spec, views } = await apply(model('early', [references(['card'], empty)]));
  const asked = () => viewsNow(database.db, deps().store, spec);
  expect(await failureOf(asked())).toMatchObject({ code: 'unavailable', message: 'View empty has not been read yet.' });
  await wantOnlineViews(database);
  expect(await failureOf(asked()), 'wanted, and not looked at').toMatchObject({ code: 'unavailable' });
  await noteOnlineLook(database, { view: 'empty', digest: views[0]?.digest ?? '' }, { againMs: 1, problem: null });
  expect(await asked()).toMatchObject({
    keys: new Map([['empty', { sql: null }]]),
    asked: [{ view: 'empty', snapshot: null }],
  });
});

test('a row is mended and replayed with the features of its view, and its key is asked again', async () => {
  await apply(
    model('mended', [references(['card'], cards)], {
      features: { price: number(), shop: category(), ...from(cards, ['limit']) },
    }),
  );
  await write('mended.csv', rows);
  const { digest } = await ingest('mended');
  const person = personOn(database, new RecordingBus());
  const said = { digest, key: null, reason: 'the shop wrote the card out' };
  const place = { store: deps().store, importDir: path.join(root, 'incoming') };
  const fix = (set: Record<string, string>, line: number) =>
    fixQuarantine(person, { ...said, set, pick: { ruleId: null, line } });
  expect(await failureOf(fix({ limit: '3' }, 5)), 'a feature of a view is no cell of the source').toMatchObject({
    message: 'The source of the definition has no column "limit".',
  });
  await fix({ card: 'b' }, 5);
  const replayed = await replayQuarantine(person, said, place);
  expect(replayed).toMatchObject({ rows: 1, failed: 1 });
  const head = await newestHistoryOf(database.db, 'mended', 1);
  expect(head?.manifest.joined).toMatchObject([{ view: 'cards' }]);
  const found = await historyOf(deps(), 'mended', ['card', 'price', 'limit']);
  expect(found).toEqual(['a 1 1', 'b 3 2', ' 5 ', 'b 4 2']);
});
