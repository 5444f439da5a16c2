import { expect, test } from 'vitest';
import { causesIn, type DecayCauseWorld } from '../../../../tests/worlds/decay-cause-world.ts';
import { createRandom } from '../../../statistics/numeric/random.ts';
import { decayCauses, nameOf } from './decay-causes.ts';
import { partsOf, type DecayPartition } from './decay-parts.ts';

// In short what `npm run bench:judgement -- --only decay-causes` plays.
const world: DecayCauseWorld = { name: 'w', mean: -1.15, where: 0, noise: 4, runRows: 1, moodRows: 0 };

test('the part in which the loss rose is named first, and none that has nothing to do with it', () => {
  for (const seed of ['a', 'b', 'c']) {
    const told = causesIn(world, seed);
    expect(told?.causes.map(nameOf)).toEqual(['guilty part 0']);
    expect(told?.causes[0]).toMatchObject({ by: 'within' });
    expect(told?.causes[0]?.shareOfRise).toBeGreaterThan(0.7);
    expect(told?.text).toMatch(/^Of the rise of 0\.\d+ since the hold-out, guilty part 0 carries \d/);
  }
});

test('more rows of a kind that was lossier are told as mix, and a rise in all rows alike has no cause', () => {
  const mixed = causesIn({ ...world, where: 'mix', mean: -3 }, 'mix');
  expect(mixed?.causes[0]).toMatchObject({ name: 'level', part: 'hard', by: 'mix' });
  expect(mixed?.causes[0]?.mix).toBeGreaterThan(5 * Math.abs(mixed?.causes[0]?.within ?? 1));
  const alike = causesIn({ ...world, where: null, noise: 2 }, 'alike');
  expect(alike?.causes).toEqual([]);
  expect(alike?.text).toMatch(/^No part of the rows is proven to carry more/);
});

test('within and mix of all parts add up to the rise exactly', () => {
  const random = createRandom('sum');
  const draw = (rows: number, shift: number) => ({
    losses: Float64Array.from({ length: rows }, (_, row) => (row % 3) * 0.4 + shift * (row % 3) + random.next()),
    parts: Uint8Array.from({ length: rows }, (_, row) => (row % (shift > 0 ? 5 : 3)) % 3),
  });
  const [before, now] = [draw(3_000, 0), draw(2_000, 1)];
  const partition: DecayPartition = {
    name: 'f',
    kind: 'feature',
    parts: ['0', '1', '2'],
    before: before.parts,
    now: now.parts,
    unnamed: [],
  };
  // Each part is named of itself, so that the sum can be taken.
  const each = [0, 1, 2].map((part) => {
    const only = { ...partition, unnamed: [0, 1, 2].filter((other) => other !== part) };
    return decayCauses({ losses: now.losses, entities: null }, before.losses, [only]);
  });
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const rise = mean(now.losses) - mean(before.losses);
  expect(each[0]?.rise).toBeCloseTo(rise, 12);
  const shareOf = (part: number): number => {
    const inPart = (side: { losses: Float64Array; parts: Uint8Array }) => {
      const own = side.losses.filter((_, row) => side.parts[row] === part);
      return { share: own.length / side.losses.length, loss: mean(own) };
    };
    const [q, p] = [inPart(now), inPart(before)];
    const cause = each[part]?.causes[0];
    const expected = q.share * (q.loss - p.loss) + (q.share - p.share) * (p.loss - mean(before.losses));
    if (cause !== undefined) expect(cause.within + cause.mix).toBeCloseTo(expected, 12);
    return expected / rise;
  };
  expect(shareOf(0) + shareOf(1) + shareOf(2)).toBeCloseTo(1, 12);
  expect(each.some(({ causes }) => causes.length > 0)).toBe(true);
});

test('bins are taken together to five parts with missing apart, rare values stand in one that is not named', () => {
  const bins = partsOf({
    name: 'x',
    kind: 'binned',
    edges: Array.from({ length: 19 }, (_, at) => at + 1),
    counts: new Array(20).fill(50),
    missing: 10,
  });
  expect(bins.parts).toEqual(['up to 4', '4 to 8', '8 to 12', '12 to 16', 'above 16', 'missing']);
  expect([...bins.partOfCell].slice(2, 6)).toEqual([0, 0, 1, 1]);
  expect(bins.partOfCell[20]).toBe(5);
  const values = partsOf({
    name: 'c',
    kind: 'category',
    values: ['DE', 'LI', 'FR'],
    counts: [600, 5, 390],
    other: 5,
    missing: 0,
  });
  expect(values.parts).toEqual(['DE', 'FR', 'missing', 'other values']);
  expect([...values.partOfCell]).toEqual([0, 3, 1, 3, 2]);
  expect(values.unnamed).toEqual([3]);
});

test('fewer than 30 rows of a part name nothing, and without a rise there is nothing to tell', () => {
  const flat = (rows: number, loss: number) => Float64Array.from({ length: rows }, () => loss);
  const partition = (rows: number): DecayPartition => ({
    name: 'f',
    kind: 'feature',
    parts: ['rare', 'rest'],
    before: new Uint8Array(200).fill(1),
    now: Uint8Array.from({ length: rows }, (_, row) => (row < 29 ? 0 : 1)),
    unnamed: [],
  });
  const few = decayCauses({ losses: flat(200, 0.5), entities: null }, flat(200, 0.3), [partition(200)]);
  expect(few).toMatchObject({ causes: [], tested: 0 });
  expect(decayCauses({ losses: flat(200, 0.3), entities: null }, flat(200, 0.3), [])).toMatchObject({
    causes: [],
    text: expect.stringMatching(/has not since the hold-out/),
  });
});
