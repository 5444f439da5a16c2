import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAbTestWorld, entitiesFrom, type AbTestWorld, type Played } from '../../tests/worlds/ab-test-world.ts';
import { createDatabase, withTransaction } from '../../src/db/base/connect.ts';
import { countPage, exposePage, type OutcomesOf } from '../../src/db/routing/ab-test-counts.ts';
import { endAbTest, endOpenAbTest } from '../../src/db/routing/ab-tests.ts';
import { moveChampionTo } from '../../src/db/routing/move-champion.ts';
import { readRouting } from '../../src/db/routing/routing.ts';
import { streamOf } from '../../src/db/routing/stream.ts';
import { lookAtAbTest } from './look-at-ab-test.ts';

let place: AbTestWorld;
beforeEach(async () => {
  place = await createAbTestWorld();
});
afterEach(() => place.close());

const query = async <Row>(text: string): Promise<readonly Row[]> =>
  (await place.world.database.pool.query(text)).rows as Row[];
const routed = async () => (await readRouting(place.world.database.db, 'fraud'))?.abTest ?? null;

/** A share of what a version lets through turns out to be fraud, the same entities each time. */
const frauds =
  (shares: Readonly<Record<number, number>>) =>
  (version: number, entity: string): Played => {
    const place = Number(entity.slice('card-'.length)) % 100;
    return { decision: 'fine', label: place < 100 * (shares[version] ?? 0) ? 'fraud' : 'fine' };
  };
const alike = frauds({ 1: 0.3, 2: 0.3, 3: 0.3 });

describe('a whole test', () => {
  test('the best arm wins, nothing is promoted, and it is said to whom it concerns', async () => {
    const key = await place.start({});
    let isOver = false;
    for (let batch = 0; batch < 6 && !isOver; batch++) {
      await place.answer(entitiesFrom(batch * 2_000, 2_000), frauds({ 1: 0.4, 2: 0.4, 3: 0.1 }));
      isOver = await place.look(key);
    }
    expect(isOver).toBe(true);
    const row = await place.row(key);
    expect(row).toMatchObject({ status: 'ended', ending: 'winner' });
    expect(row.standing?.judgement).toMatchObject({ verdict: 'winner', winner: 'v3' });
    expect(row.reason).toMatch(/"v3" wins.*Nothing was promoted: `perennial promote fraud --to 3 --reason …` does\.$/);
    expect(await routed()).toBeNull();
    expect(await readRouting(place.world.database.db, 'fraud')).toMatchObject({ champion: { version: 1 } });
    expect(await query(`select kind, verdict from evidence where kind = 'ab-test'`)).toHaveLength(1);
    expect(await query(`select title from alert where kind = 'ab-test-ended'`)).toEqual([
      { title: 'The A/B test 1 of fraud has ended: v3 wins' },
    ]);
    expect(await query(`select status from run where run_id = 'ab-test/fraud/1'`)).toEqual([{ status: 'completed' }]);
    expect(await query(`select type from audit where type like 'perennial.ab-test.%'`)).toEqual([
      { type: 'perennial.ab-test.ended' },
    ]);
    // Asked again, it says nothing else.
    expect(await place.look(key)).toBe(true);
    expect((await place.row(key)).looks).toBe(row.looks);
  });

  test('its time is over: it ends undecided', async () => {
    const key = await place.start({});
    await place.answer(entitiesFrom(0, 400), alike);
    expect(await place.look(key)).toBe(false);
    await query(`update ab_test set deadline_at = now() - interval '1 second'`);
    expect(await place.look(key)).toBe(true);
    expect(await place.row(key)).toMatchObject({ status: 'ended', ending: 'undecided' });
  });
});

test('a look needs one connection: with as many looks as the pool has, none waits for another', async () => {
  const key = await place.start({});
  await place.answer(entitiesFrom(0, 300), alike);
  const { url } = place.world.database;
  const narrow = createDatabase(url, { connectionsMax: 1 });
  const { lastSeq } = await streamOf(narrow.db, 'fraud');
  expect(await lookAtAbTest(narrow, key, place.world.spec, lastSeq)).toBe(false);
  await narrow.close();
  expect((await place.row(key)).countedSeq).toBe(lastSeq);
});

describe('units', () => {
  test('an entity counts once, with its first labelled row; whoever reads again reads nothing twice', async () => {
    const key = await place.start({});
    const entities = entitiesFrom(0, 300);
    await place.answer(entities, alike);
    await place.look(key);
    const first = await place.row(key);
    const inside = first.arms.reduce((sum, { assigned }) => sum + assigned, 0);
    expect(inside).toBeGreaterThan(100);
    expect(first.standing?.judgement.arms.concat().length).toBe(2);
    const unitsOf = async () => {
      const { standing } = await place.row(key);
      const judged = standing?.judgement;
      return [judged?.control.units, ...(judged?.arms.map(({ units }) => units) ?? [])];
    };
    const units = await unitsOf();
    expect(units.reduce((sum, one) => (sum ?? 0) + (one ?? 0), 0)).toBe(inside);
    await place.answer(entities, frauds({ 1: 1, 2: 1, 3: 1 }));
    await place.look(key);
    const second = await place.row(key);
    expect(second.state).toEqual(first.state);
    expect(second.arms).toEqual(first.arms);
    await place.look(key);
    expect(await unitsOf()).toEqual(units);
  });

  test('what happened and was told that it failed happens once', async () => {
    const key = await place.start({});
    await place.answer(entitiesFrom(0, 300), alike);
    const { database } = place.world;
    const broken = (work: Parameters<typeof withTransaction>[1]) =>
      withTransaction(database, async (tx, client) => {
        await work(tx, client);
        throw new Error('the connection broke');
      }).catch(() => undefined);
    const seen = { hasErrors: true, slowUs: null };
    await broken((tx) => exposePage(tx, key, 300, seen));
    expect((await place.row(key)).exposedSeq).toBe(0);
    await withTransaction(database, (tx) => exposePage(tx, key, 300, seen));
    const outcomes: OutcomesOf = async (_, rows) => rows.map(() => ({ outcome: 1, covariate: null }));
    await broken((tx) => countPage(tx, key, { matureSeq: 300, knownSeq: 300 }, outcomes));
    expect(await query(`select 1 from ab_test_entity where counted_seq is not null`)).toEqual([]);
    const once = await withTransaction(database, (tx) =>
      countPage(tx, key, { matureSeq: 300, knownSeq: 300 }, outcomes),
    );
    const again = await withTransaction(database, (tx) =>
      countPage(tx, key, { matureSeq: 300, knownSeq: 300 }, outcomes),
    );
    expect(again?.state).toEqual(once?.state);
    expect(once?.countedSeq).toBe(300);
  });

  test('rows from before it began, and of the test before it, are none of its own', async () => {
    const before = await place.start({});
    await place.answer(entitiesFrom(0, 200), alike);
    await place.look(before);
    await withTransaction(place.world.database, (tx) => endOpenAbTest(tx, 'fraud', 'ana', 'enough'));
    const key = await place.start({});
    await place.answer(entitiesFrom(0, 200), alike);
    await place.look(key);
    const [first, second] = [await place.row(before), await place.row(key)];
    const assigned = (of: typeof first) => of.arms.reduce((sum, one) => sum + one.assigned, 0);
    expect(await query(`select count(*)::int as rows from prediction where arm = 'ab-test'`)).toEqual([
      { rows: assigned(first) + assigned(second) },
    ]);
    // Each has a salt of its own.
    expect(first.salt).not.toBe(second.salt);
  });
});

describe('harm', () => {
  const fails =
    (...versions: readonly number[]) =>
    (version: number, entity: string): Played => ({
      ...alike(version, entity),
      ...(versions.includes(version) ? { failed: true } : {}),
    });

  test('an arm that fails is stopped, its entities stay its own, and the test goes on', async () => {
    const key = await place.start({});
    await place.answer(entitiesFrom(0, 300), fails(2));
    expect(await place.look(key)).toBe(false);
    const row = await place.row(key);
    const [control, second, third] = row.arms;
    expect(control).toMatchObject({ failures: 0 });
    expect(second).toMatchObject({ name: 'v2', failures: second?.assigned, stoppedSeq: 300 });
    expect(second?.why).toMatch(/entities of v2 had a row that failed, 0 of the control; evidence of more than 1.25/);
    expect(third).toMatchObject({ stoppedSeq: null, failures: 0 });
    expect((await routed())?.arms.map(({ isStopped }) => isStopped)).toEqual([false, true, false]);
    expect(await query(`select severity from alert where kind = 'ab-test-arm-stopped'`)).toEqual([
      { severity: 'warning' },
    ]);
    await place.answer(entitiesFrom(300, 300), fails(2));
    expect(await place.look(key)).toBe(false);
    const later = await place.row(key);
    expect(later.arms[1]?.assigned).toBeGreaterThan(second?.assigned ?? 0);
    expect(later.arms[1]?.failures).toBe(second?.failures);
    expect(later.standing?.judgement.arms[0]).toMatchObject({ arm: 'v2', verdict: 'open', difference: null });
  });

  test('without an arm left it is over', async () => {
    const key = await place.start({});
    await place.answer(entitiesFrom(0, 300), fails(2, 3));
    expect(await place.look(key)).toBe(true);
    expect(await place.row(key)).toMatchObject({ ending: 'harmful' });
    expect(await routed()).toBeNull();
  });
});

describe('what people do', () => {
  const move = (version: number) =>
    withTransaction(place.world.database, (tx) =>
      moveChampionTo(tx, { model: 'fraud', version, actor: 'ana', why: 'it is bad', commandId: null }),
    );

  test('another champion by hand ends it at once; the same one does not', async () => {
    const key = await place.start({});
    await move(1);
    expect((await place.row(key)).endedAt).toBeNull();
    await move(2);
    expect(await place.row(key)).toMatchObject({ ending: 'stopped', reason: 'the champion was moved: it is bad' });
    expect(await routed()).toBeNull();
  });

  test('the first end stays', async () => {
    const key = await place.start({});
    const end = (reason: string) =>
      withTransaction(place.world.database, (tx) => endAbTest(tx, key, { ending: 'stopped', actor: 'ana', reason }));
    expect(await end('one')).toBe(true);
    expect(await end('two')).toBe(false);
    expect(await place.row(key)).toMatchObject({ reason: 'one' });
    expect(await place.look(key)).toBe(true);
  });
});
