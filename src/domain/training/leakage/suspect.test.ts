import { expect, test } from 'vitest';
import { createRandom } from '../../../statistics/numeric/random.ts';
import type { LeakageColumn, LeakageRows } from './columns.ts';
import { suspectLeakage } from './suspect.ts';

const random = createRandom('leakage');
const rows = 1_000;
const uniform = (): Float64Array => Float64Array.from({ length: rows }, () => random.next());
const labels = Float64Array.from(uniform(), (draw) => (draw < 0.3 ? 1 : 0));
const honest: LeakageColumn = { name: 'honest', numbers: Float64Array.from(labels, (y) => y + 3 * random.next()) };

function asked(feature: LeakageColumn, more: Partial<LeakageRows> = {}) {
  return suspectLeakage({
    features: [honest, feature],
    targetName: 'returned',
    labels,
    classCount: 2,
    eventTimeMs: null,
    ...more,
  });
}

const words = (of: (row: number) => string | null): readonly (string | null)[] =>
  Array.from({ length: rows }, (_, row) => of(row));

test('a feature that helps is no suspicion, and neither is noise, an id or a constant', () => {
  const harmless: LeakageColumn[] = [
    { name: 'noise', numbers: uniform() },
    { name: 'order_id', numbers: Float64Array.from({ length: rows }, (_, row) => 1_000 + row) },
    { name: 'ticket', texts: words((row) => `T-${row}`) },
    { name: 'constant', numbers: new Float64Array(rows).fill(7) },
    { name: 'empty', texts: words(() => null) },
  ];
  for (const feature of harmless) expect(asked(feature)).toEqual([]);
});

test('the target under another name', () => {
  const copy = { name: 'status', texts: words((row) => (labels[row] === 1 ? 'sent back' : 'kept')) };
  const [found] = asked(copy);
  expect(found).toMatchObject({ kind: 'target-copy', column: 'status', measure: 'explained', rows: 293 });
  expect(found?.text).toBe(
    '"status" alone explains 0.9999 of the variance of "returned" on 293 held-out rows: ' +
      'it is the target under another name.',
  );
});

test('a value that is there only when it has happened', () => {
  const refund = { name: 'refund_id', texts: words((row) => (labels[row] === 1 ? `R-${row}` : null)) };
  expect(asked(refund)).toMatchObject([{ kind: 'target-copy', column: 'refund_id' }]);
});

test('a rare class that a threshold deep inside a cell tells', () => {
  const score = Float64Array.from({ length: 4_000 }, (_, row) => ((row * 2_654_435_761) % 4_001) / 4_001);
  const rare = Float64Array.from(score, (value) => (value > 0.9881 ? 1 : 0));
  const found = suspectLeakage({
    features: [{ name: 'score', numbers: score }],
    targetName: 'fraud',
    labels: rare,
    classCount: 2,
    eventTimeMs: null,
  });
  expect(found).toMatchObject([{ kind: 'near-perfect', column: 'score', measure: 'area', score: 1 }]);
});

test('a number that follows a target without classes, in another unit and the other way round', () => {
  const price = Float64Array.from(uniform(), (draw) => 100 * draw ** 3);
  const given = { labels: price, classCount: 0 };
  const cents = { name: 'discount_cents', numbers: price.map((value) => -100 * value) };
  expect(asked(cents, given)).toMatchObject([{ kind: 'target-copy', column: 'discount_cents' }]);
  // What explains nine tenths of it is a good feature.
  const good = { name: 'list_price', numbers: price.map((value) => value + 20 * (random.next() - 0.5)) };
  expect(asked(good, given)).toEqual([]);
});

test('an instant after the event, unless it is a slip of a clock', () => {
  const event = Float64Array.from({ length: rows }, (_, row) => 1e12 + row * 60_000);
  const time = (later: (row: number) => number): LeakageColumn => ({
    name: 'closed_at',
    isTime: true,
    numbers: event.map((ms, row) => ms + later(row)),
  });
  const given = { eventTimeMs: event };
  expect(
    asked(
      time((row) => (row % 10 === 0 ? 3_600_000 : -1)),
      given,
    ),
  ).toMatchObject([{ kind: 'newer-than-event', column: 'closed_at', score: 0.1, rows }]);
  for (const harmless of [() => -60_000, () => 0, (row: number) => (row % 200 === 0 ? 1 : 0)])
    expect(asked(time(harmless), given)).toEqual([]);
});

test('an id that predicts: by what stands before its number, and by where it lies', () => {
  const noisy = (row: number): boolean => (labels[row] === 1) !== (row % 25 === 0);
  const ticket = { name: 'ticket', texts: words((row) => `${noisy(row) ? 'RMA' : 'ORD'}-${row}`) };
  expect(asked(ticket)).toMatchObject([{ kind: 'id', column: 'ticket' }]);
  const drawn = Float64Array.from({ length: rows }, (_, row) => ((row * 7_919) % rows) + (noisy(row) ? rows : 0));
  expect(asked({ name: 'order_id', numbers: drawn })).toMatchObject([{ kind: 'id', column: 'order_id' }]);
});

test('rows that are sorted by the target', () => {
  expect(asked({ name: 'noise', numbers: uniform() }, { labels: labels.toSorted() })).toMatchObject([
    { kind: 'row-order', column: '_order' },
  ]);
});

test('too few rows say nothing', () => {
  const few = { labels: labels.slice(0, 60), features: [{ name: 'copy', numbers: labels.slice(0, 60) }] };
  expect(asked(honest, few)).toEqual([]);
});

test('random tables are not suspected', () => {
  const draw = createRandom('random tables');
  const column = (count: number): Float64Array => Float64Array.from({ length: count }, () => draw.next());
  let suspected = 0;
  for (let table = 0; table < 50; table++) {
    const count = 120 + Math.floor(400 * draw.next());
    const share = 0.05 + 0.5 * draw.next();
    const given = {
      features: [
        ...Array.from({ length: 8 }, (_, at) => ({ name: `n${at}`, numbers: column(count) })),
        { name: 'id', numbers: Float64Array.from({ length: count }, (_, row) => row) },
        { name: 'word', texts: Array.from(column(count), (value) => `w${Math.floor(6 * value)}`) },
        { name: 'rare', numbers: Float64Array.from(column(count), (value) => (value < 0.03 ? 1 : Number.NaN)) },
      ],
      targetName: 'y',
      labels: Float64Array.from(column(count), (value) => (value < share ? 1 : 0)),
      classCount: 2,
      eventTimeMs: null,
    };
    suspected +=
      suspectLeakage(given).length + suspectLeakage({ ...given, labels: column(count), classCount: 0 }).length;
  }
  expect(suspected).toBe(0);
});
