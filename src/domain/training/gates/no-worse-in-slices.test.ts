import { describe, expect, test } from 'vitest';
import { logistic, pairedRowsOf } from '../../../../tests/worlds/paired-world.ts';
import { createRandom } from '../../../statistics/numeric/random.ts';
import type { GateSpec } from '../../spec/spec.ts';
import { sideOf } from '../compare-paired.ts';
import type { GateInput, SliceRows } from '../gate-check.ts';
import { judgeGate, type GateJudgement } from '../judge-gate.ts';

const gate: Extract<GateSpec, { gate: 'noWorseInSlices' }> = {
  gate: 'noWorseInSlices',
  metric: 'accuracy',
  margin: 0.05,
  alpha: 0.05,
  slices: ['place'],
  undecided: 'wait',
};

/** Rows dealt to slices in turn; in each the challenger answers wrongly as often more as its harm says. */
function world(rows: number, harms: readonly number[], seed: string): GateInput {
  const random = createRandom(seed);
  const champion = pairedRowsOf(rows, (row) => {
    const truth = 2 * random.normal();
    const label = random.next() < logistic(truth) ? 1 : 0;
    const isWrong = random.next() < (harms[row % harms.length] ?? 0);
    const right = label === 1 ? 3 : -3;
    return { label, champion: right, challenger: isWrong ? -right : right };
  });
  const slices = harms.map((_, k): SliceRows => {
    const own = Array.from({ length: rows }, (_row, row) => row).filter((row) => row % harms.length === k);
    return { name: `place = ${k}`, under: 'place', rows: own };
  });
  const candidate = sideOf(champion, 'challenger');
  return { gates: [gate], candidate, baselines: {}, champion, slices, promotion: { metric: 'logLoss' } };
}

const asked = (input: GateInput, undecided: 'wait' | 'ask'): [GateJudgement, GateInput] => {
  const of: GateInput = { ...input, gates: [{ ...gate, undecided }] };
  return [judgeGate(of), of];
};

describe('noWorseInSlices', () => {
  test('met where each slice is proven, with the least sure one', () => {
    const { verdict, checks } = judgeGate(world(3_000, [0, 0, 0.01], 'met'));
    expect(verdict).toBe('pass');
    expect(checks[0]).toMatchObject({ verdict: 'pass', limit: -0.05, rows: 3_000, alpha: 0.05 });
    expect(checks[0]?.slices?.map(({ rows }) => rows)).toEqual([1_000, 1_000, 1_000]);
    const [head, least] = checks[0]?.text.split(', least sure in ') ?? [];
    expect(head).toBe(
      'Accuracy against the champion, slice by slice: 0.05 worse is tolerated in each: met in all 3 slices',
    );
    expect(least).toMatch(
      /^place = 2: 0\.\d+ worse on 1,000 comparable rows, with 95 % confidence at worst 0\.0\d+ worse \(Gaffke\)\.$/,
    );
  });
  test('one slice that is harmed refuses, however good the others are, and is named', () => {
    const { verdict, text, checks } = judgeGate(world(3_000, [0, 0.3, 0], 'harmed'));
    expect(verdict).toBe('fail');
    expect(checks[0]?.slices?.map((slice) => slice.verdict)).toEqual(['pass', 'fail', 'pass']);
    // Holm asks the worst of three at a third of the error.
    expect(checks[0]?.alpha).toBeCloseTo(0.05 / 3, 12);
    expect(text).toMatch(
      /place = 1: 0\.\d+ worse on 1,000 .* with 98\.3 % confidence at best 0\.2.* worse .*: missed in 1 of 3 slices\.$/,
    );
  });
  test('what is undecided blocks, says what would decide it, and goes to a person where that is declared', () => {
    const input = world(120, [0, 0, 0.03, 0, 0], 'few');
    const few = {
      ...input,
      slices: input.slices?.map((slice, k) => ({ ...slice, rows: slice.rows.slice(0, k === 4 ? 7 : 24) })) ?? [],
    };
    const [waits] = asked({ ...input, ...few }, 'wait');
    expect(waits.verdict).toBe('insufficient');
    expect(waits.text).toMatch(
      /place = 0 has 24 rows, 30 are needed to say anything; .*; 2 more are not decided either/,
    );
    expect(waits.text).toMatch(/the candidate waits for more rows\.$/);
    expect(waits.isAsked).toBe(false);
    const [open, ofOpen] = asked(world(400, [0.02, 0.02], 'open'), 'ask');
    expect(open.text).toMatch(/, about \d+ more rows of it would decide it; a person decides\.$/);
    expect(open.checks[0]?.rowsNeeded).toBeGreaterThan(0);
    expect(open.isAsked).toBe(true);
    // A threshold that is open as well is nothing that the definition leaves to a person.
    const both: GateInput = {
      ...ofOpen,
      gates: [...ofOpen.gates, { gate: 'atLeast', metric: 'accuracy', value: 0.98 }],
    };
    expect(judgeGate(both).isAsked).toBe(false);
  });
  test('no champion does not block; a training that kept no slices does', () => {
    const input = world(300, [0, 0], 'none');
    expect(judgeGate({ ...input, champion: null }).verdict).toBe('pass');
    // One that came while this training ran has scored nothing: it is not let by as if there were none.
    const unscored = judgeGate({ ...input, champion: null, hasChampion: true });
    expect(unscored).toMatchObject({ verdict: 'insufficient', checks: [{ method: 'none' }] });
    expect(unscored.text).toContain('the champion has scored none of the test rows');
    expect(judgeGate({ ...input, slices: null }).text).toContain('this training kept no slices');
    expect(judgeGate({ ...input, slices: null }).verdict).toBe('insufficient');
  });
  test('only rows that the champion was not trained on are compared', () => {
    const input = world(2_000, [0.4, 0], 'young');
    const { champion } = input;
    if (champion === null) throw new Error('there is one');
    const tail = (values: ArrayLike<number>, width: number) => Float64Array.from(values).slice(1_000 * width);
    const young = {
      ...champion,
      labels: tail(champion.labels, 1),
      champion: tail(champion.champion, 2),
      challenger: tail(champion.challenger, 2),
    };
    const [check] = judgeGate({ ...input, champion: young }).checks;
    expect(check?.slices?.map(({ rows, verdict }) => [rows, verdict])).toEqual([
      [500, 'fail'],
      [500, 'pass'],
    ]);
  });
});

describe('its errors over six slices of 200 rows', () => {
  const runs = 100;
  const count = (harms: readonly number[], verdict: GateJudgement['verdict']) => {
    let found = 0;
    for (let run = 0; run < runs; run++)
      if (judgeGate(world(1_200, harms, `${harms} ${run}`)).verdict === verdict) found++;
    return found;
  };
  // 5 % of 100 are 5; a rate of 5 % gives more than 13 once in two thousand seeds.
  const likely = 13;
  test('one slice that is worse by the margin is let by in at most 5 %', () => {
    expect(count([0.05, 0, 0, 0, 0, 0], 'pass')).toBeLessThanOrEqual(likely);
  });
  test('a candidate that is worse by the margin everywhere, and nowhere by more, is seldom said to harm', () => {
    // Each slice at the whole error would refuse a quarter of them, about 26.
    expect(count([0.05, 0.05, 0.05, 0.05, 0.05, 0.05], 'fail')).toBeLessThanOrEqual(likely);
  });
  test('harm in one slice is found, and none is proven absent', () => {
    expect(count([0.2, 0, 0, 0, 0, 0], 'fail')).toBeGreaterThan(runs * 0.9);
    expect(count([0, 0, 0, 0, 0, 0], 'pass')).toBe(runs);
  });
});
