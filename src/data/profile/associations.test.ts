import { setImmediate as nextTick } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createRandom } from '../../statistics/numeric/random.ts';
import { pearson, spearman } from '../../statistics/samples/pairs/association.ts';
import { associationsOf } from './associations.ts';

const rows = 500;
const random = createRandom('associations');
const column = (name: string, of: (row: number) => number) => ({
  name,
  numbers: Float64Array.from({ length: rows }, (_, row) => of(row)),
});

test('what is known of a column gives each pair what its own rows give, with ties and without numbers', async () => {
  const a = column('a', () => Math.floor(20 * random.next()));
  const b = column('b', (row) => (a.numbers[row] ?? 0) + 10 * random.next());
  const holes = column('holes', (row) => (random.next() < 0.3 ? NaN : -((b.numbers[row] ?? 0) ** 3)));
  const more = column('more', () => (random.next() < 0.5 ? NaN : Math.floor(5 * random.next())));
  const columns = [a, b, holes, more];
  const found = await associationsOf({ columns, target: null });
  expect(found).toHaveLength(6);
  for (const { columns: names, rows: count, ...said } of found) {
    const [one, other] = names.map((name) => columns.find((each) => each.name === name)?.numbers ?? new Float64Array());
    const both = Array.from({ length: rows }, (_, row) => [one?.[row] ?? NaN, other?.[row] ?? NaN] as const).filter(
      (pair) => !pair.some((value) => Number.isNaN(value)),
    );
    const [x, y] = [both.map(([value]) => value), both.map(([, value]) => value)];
    expect(count).toBe(both.length);
    expect(said).toMatchObject({ pearson: pearson(x, y), spearman: spearman(x, y) });
  }
});

test('other work of the process goes on between columns', async () => {
  const columns = Array.from({ length: 12 }, (_, at) => column(`c${at}`, () => random.next()));
  let turns = 0;
  let isOver = false;
  const others = (async () => {
    while (!isOver) {
      await nextTick();
      turns++;
    }
  })();
  await associationsOf({ columns, target: null });
  isOver = true;
  await others;
  expect(turns).toBeGreaterThanOrEqual(columns.length);
});
