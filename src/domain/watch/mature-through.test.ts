import { expect, test } from 'vitest';
import { createRandom, type Random } from '../../statistics/numeric/random.ts';
import type { TargetSpec } from '../spec/spec.ts';
import { arrivalsMax, matureByRows, matureThrough, usualCoverage, type Maturity } from './mature-through.ts';

const binary: TargetSpec = {
  task: 'binary',
  column: 'y',
  positive: 'yes',
  negative: 'no',
  labelDelay: { rows: 100 },
};
const value: TargetSpec = { task: 'regression', column: 'y', labelDelay: { rows: 10 } };

interface Row {
  readonly label: string;
  /** Infinity for a row that never gets a label. */
  readonly delayRows: number;
}

/** What is known of a stream when `lastSeq` rows have come. */
function at(rows: readonly Row[], lastSeq: number, target: TargetSpec = binary, coverage = usualCoverage): Maturity {
  const known: (Row & { readonly seq: number; readonly knownSeq: number })[] = [];
  for (let i = 0; i < lastSeq; i++) {
    const { label = '', delayRows = Infinity } = rows[i] ?? {};
    if (i + 1 + delayRows <= lastSeq) known.push({ label, delayRows, seq: i + 1, knownSeq: i + 1 + delayRows });
  }
  const arrived = known
    .toSorted((a, b) => b.knownSeq - a.knownSeq)
    .slice(0, arrivalsMax)
    .map((row) => ({ ...row, receivedAtMs: 1_000 * row.knownSeq }));
  const from = Math.max(0, lastSeq - 5_000);
  const newest = rows.slice(from, lastSeq).map(({ label, delayRows }, i) => ({
    seq: from + i + 1,
    label: from + i + 1 + delayRows <= lastSeq ? label : null,
  }));
  const byArrival = matureThrough({ target, coverage, arrived, lastSeq });
  return byArrival.basis === 'none' ? (matureByRows({ target, coverage }, newest) ?? byArrival) : byArrival;
}

/** Of the rows of a kind through a position that ever get a label, the share that has it. */
function coverage(rows: readonly Row[], throughSeq: number, lastSeq: number, isOf: (row: Row) => boolean): number {
  const ever = rows.slice(0, throughSeq).flatMap((row, i) => (isOf(row) ? [row.delayRows + i + 1] : []));
  const finite = ever.filter(Number.isFinite);
  return finite.length === 0 ? 1 : finite.filter((knownSeq) => knownSeq <= lastSeq).length / finite.length;
}

function stream(count: number, draw: (random: Random) => Row, seed = 'arrival'): readonly Row[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => draw(random));
}

const exponential = (random: Random, mean: number): number => Math.round(-mean * Math.log(1 - random.next()));

test('where one class is known sooner, rows wait for the other', () => {
  const rows = stream(6_000, (random) =>
    random.next() < 0.31 ? { label: 'yes', delayRows: 100 } : { label: 'no', delayRows: 1_000 },
  );
  const seen: number[] = [];
  for (let lastSeq = 50; lastSeq <= 6_000; lastSeq += 50) {
    const { throughSeq } = at(rows, lastSeq);
    seen.push(throughSeq);
    for (const label of ['yes', 'no'])
      expect(
        coverage(rows, throughSeq, lastSeq, (row) => row.label === label),
        `${label} at ${lastSeq}`,
      ).toBeGreaterThanOrEqual(usualCoverage);
  }
  expect(seen.at(-1)).toBe(5_000);
  expect(seen.filter((throughSeq) => throughSeq > 0).length).toBeGreaterThan(75);
});

test('a rare class that comes late is waited for', () => {
  const rows = stream(12_000, (random) =>
    random.next() < 0.02 ? { label: 'yes', delayRows: 800 } : { label: 'no', delayRows: 20 },
  );
  for (let lastSeq = 100; lastSeq <= 12_000; lastSeq += 100) {
    const { throughSeq } = at(rows, lastSeq);
    expect(
      coverage(rows, throughSeq, lastSeq, ({ label }) => label === 'yes'),
      `at ${lastSeq}`,
    ).toBeGreaterThanOrEqual(usualCoverage);
  }
  expect(at(rows, 12_000).throughSeq).toBe(11_200);
});

test.each(['a', 'b', 'c', 'd'])('delays without an end, and rows that are never labelled (seed %s)', (seed) => {
  const rows = stream(
    12_000,
    (random) => {
      const label = random.next() < 0.3 ? 'yes' : 'no';
      const delayRows = random.next() < 0.2 ? Infinity : exponential(random, label === 'yes' ? 60 : 500);
      return { label, delayRows };
    },
    seed,
  );
  for (let lastSeq = 500; lastSeq <= 12_000; lastSeq += 500) {
    const { throughSeq } = at(rows, lastSeq);
    if (throughSeq < 500) continue;
    // The rows next to the cut are the least covered, those 500: of 1,000 cuts over 60 seeds the least had 92 %.
    const young = rows.map((row, i) => (i < throughSeq - 500 ? { ...row, delayRows: Infinity } : row));
    const covered = coverage(young, throughSeq, lastSeq, ({ label }) => label === 'no');
    expect(covered, `at ${lastSeq}`).toBeGreaterThan(0.9);
  }
  const grown = at(rows, 12_000);
  expect(grown.basis).toBe('arrival');
  expect(grown.delayRows).toBeGreaterThan(1_300);
  expect(grown.delayRows).toBeLessThan(1_700);
});

test('large values that are known later hold rows back as a class does', () => {
  const rows = stream(4_000, (random) => {
    const y = random.next();
    return { label: String(y), delayRows: y > 0.9 ? 700 : 5 };
  });
  expect(at(rows, 4_000, value).throughSeq).toBe(3_300);
});

test('a young model judges what is complete, and says what it waits for', () => {
  const prompt = stream(450, (random) => ({ label: random.next() < 0.5 ? 'yes' : 'no', delayRows: 150 }));
  expect(at(prompt, 140)).toMatchObject({ basis: 'none', text: 'No row is mature yet: no label has come.' });
  expect(at(prompt, 250)).toMatchObject({ basis: 'complete', throughSeq: 102 });
  expect(at(prompt, 450)).toMatchObject({ basis: 'arrival', throughSeq: 300 });
  const oneClass = prompt.map((row) => ({ ...row, delayRows: row.label === 'no' ? 1_000 : 10 }));
  // Those before the first row that waits.
  expect(at(oneClass, 400).throughSeq).toBe(oneClass.findIndex(({ label }) => label === 'no'));
});

test('before a declared delay is over three times, a few early labels are not believed', () => {
  const rows = stream(3_000, (random) => ({
    label: random.next() < 0.5 ? 'yes' : 'no',
    delayRows: random.next() < 0.3 ? 5 : 900,
  }));
  const declared = { ...binary, labelDelay: { rows: 900 } };
  expect(at(rows, 800, declared).throughSeq).toBeLessThan(5);
  expect(at(rows, 800).throughSeq, 'declared as 100').toBeGreaterThan(700);
  // A second per row: the same delay in time.
  expect(at(rows, 800, { ...binary, labelDelay: { ms: 900_000 } }).throughSeq).toBeLessThan(5);
  expect(at(rows, 3_000, declared).throughSeq).toBe(2_100);
});

test('a class that nobody sees does not hold a stream for ever', () => {
  const rows = stream(2_500, () => ({ label: 'no', delayRows: 60 }));
  expect(at(rows, 1_900)).toMatchObject({ basis: 'complete', throughSeq: 1_840 });
  expect(at(rows, 2_400)).toMatchObject({ basis: 'arrival', throughSeq: 2_340 });
});

test('a declared coverage moves the cut, and is stated', () => {
  const rows = stream(12_000, (random) => ({
    label: random.next() < 0.3 ? 'yes' : 'no',
    delayRows: exponential(random, 200),
  }));
  const cuts = [0.5, 0.8, 0.95, 0.999].map((coverage) => {
    const { throughSeq, text } = at(rows, 12_000, binary, coverage);
    for (const label of ['yes', 'no']) expect(coverageOf(rows, throughSeq, label)).toBeGreaterThanOrEqual(coverage);
    expect(text).toContain(`${100 * coverage} % of the labels`);
    return throughSeq;
  });
  expect(cuts).toEqual(cuts.toSorted((left, right) => right - left));
  expect(new Set(cuts).size).toBe(4);
});

const coverageOf = (rows: readonly Row[], throughSeq: number, kind: string) =>
  coverage(rows, throughSeq, 12_000, ({ label }) => label === kind);
