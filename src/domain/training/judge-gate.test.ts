import { describe, expect, test } from 'vitest';
import { createRandom } from '../../statistics/numeric/random.ts';
import { sideOf, type PairedRows } from './compare-paired.ts';
import type { GateInput } from './gate-check.ts';
import { judgeGate } from './judge-gate.ts';
import { pairedWorld as world } from '../../../tests/worlds/paired-world.ts';
import { scoreRows } from '../metrics/score-rows.ts';
import type { MetricName } from '../metrics/registry.ts';
import type { ScoredRows } from '../metrics/scored-rows.ts';
import type { GateSpec } from '../spec/spec.ts';

const againstChampion = (metric: MetricName, margin = 0.02) =>
  ({ gate: 'noWorseThanChampion', metric, margin, alpha: 0.05 }) as const;
const candidateOf = (paired: PairedRows): ScoredRows => sideOf(paired, 'challenger');
/** What a baseline says that knows nothing but the share of positives. */
const priorOf = (paired: PairedRows): ScoredRows => ({
  ...sideOf(paired, 'challenger'),
  scores: Float64Array.from({ length: 2 * paired.labels.length }, () => 0.5),
});
const inputOf = (gates: readonly GateSpec[], paired: PairedRows, champion: PairedRows | null = paired): GateInput => {
  const rows = priorOf(paired);
  return {
    gates,
    candidate: candidateOf(paired),
    baselines: { prior: { metrics: scoreRows(rows), rows } },
    champion,
    promotion: { metric: 'logLoss' },
  };
};
const judge = (...of: Parameters<typeof inputOf>) => judgeGate(inputOf(...of));
const needs = (text: string | undefined) => Number(/about ([\d,]+) more/.exec(text ?? '')?.[1]?.replace(',', ''));

describe('judgeGate', () => {
  const better = world(2_000, 2, 0.3);
  const worse = world(2_000, 0.3, 2);

  test('absolute and baseline gates by the bound, named with its level, method and rows', () => {
    const passed = judge(
      [
        { gate: 'atLeast', metric: 'auroc', value: 0.7 },
        { gate: 'betterThanBaseline', baseline: 'prior', metric: 'logLoss', by: 0.05 },
      ],
      better,
      null,
    );
    expect(passed).toMatchObject({ verdict: 'pass', text: 'The gate passes: 2 checks on 2,000 test rows.' });
    expect(passed.checks.map((check) => check.text)).toEqual([
      expect.stringMatching(
        /^AUROC is 0\.\d+ on 2,000 test rows, with 95 % confidence at least 0\.7\d+ \(Gaffke\); .*: met\.$/,
      ),
      expect.stringMatching(
        /^Log loss against the prior baseline is 0\.\d+ better .* rows, with 95 % confidence at worst 0\.\d+ /,
      ),
    ]);
    expect(passed.checks[1]?.text).toMatch(/ better \(Gaffke\); at least 0\.05 better is asked: met\.$/);
    for (const { value, bound, limit } of passed.checks) {
      expect(bound).toBeLessThan(value ?? 0);
      expect(bound).toBeGreaterThanOrEqual(limit);
    }
    const failed = judge(
      [
        { gate: 'atLeast', metric: 'auroc', value: 0.99 },
        { gate: 'atMost', metric: 'brier', value: 0.9 },
      ],
      better,
      null,
    );
    expect(failed.verdict).toBe('fail');
    // Two checks share the error of saying that something is missed.
    expect(failed.text).toMatch(
      /^The gate refuses: AUROC is 0\..*, with 97\.5 % confidence at most 0\..*; at least 0\.99 is asked: missed\.$/,
    );
    expect(failed.checks.map((check) => check.verdict)).toEqual(['fail', 'pass']);
    expect(failed.checks[1]?.bound).toBeGreaterThan(failed.checks[1]?.value ?? 1);
  });
  test('in between an absolute check blocks, and says how many rows would decide it', () => {
    const near = (rows: number, value: number) =>
      judge([{ gate: 'atLeast', metric: 'accuracy', value }], world(rows, 1, 0.3), null);
    const { verdict, checks, text } = near(200, 0.7);
    expect(verdict).toBe('insufficient');
    expect(checks[0]).toMatchObject({ verdict: 'insufficient', method: 'clopper-pearson', alpha: 0.05 });
    expect(text).toMatch(/^The gate cannot decide: Accuracy is .* more test rows would show that it is met\.$/);
    expect(needs(text)).toBeGreaterThan(100);
    expect(judge([{ gate: 'atLeast', metric: 'auroc', value: 0.85 }], world(30, 1, 0.3), null).text).toMatch(
      /would show that it is missed\.$/,
    );
  });
  test('a model that says what the baseline says is not better, and no number of rows would show it', () => {
    const gate: GateSpec = { gate: 'betterThanBaseline', baseline: 'prior', metric: 'auroc', by: 0 };
    const same = { ...better, challenger: priorOf(better).scores };
    expect(judge([gate], same, null)).toMatchObject({ verdict: 'insufficient', checks: [{ rowsNeeded: null }] });
    expect(judge([gate], better, null).verdict).toBe('pass');
  });
  test('a training that kept no scores of its baselines is judged by their figures, and says so', () => {
    const gate: GateSpec = { gate: 'betterThanBaseline', baseline: 'prior', metric: 'logLoss', by: 0.05 };
    const { checks } = judgeGate({
      gates: [gate],
      candidate: candidateOf(better),
      baselines: { prior: { metrics: { rows: 2_000, logLoss: 0.69 }, rows: null } },
      champion: null,
      promotion: { metric: 'logLoss' },
    });
    expect(checks[0]).toMatchObject({ verdict: 'pass', method: 'point' });
    expect(checks[0]?.text).toContain('by the values alone');
  });
  test.each(['auroc', 'logLoss', 'brier', 'accuracy', 'f1'] as const)(
    '%s: a better candidate passes, a worse one fails',
    (metric) => {
      const [pass] = judge([againstChampion(metric)], better).checks;
      const [fail] = judge([againstChampion(metric)], worse).checks;
      expect(pass).toMatchObject({
        verdict: 'pass',
        rows: 2_000,
        limit: -0.02,
        method: 'gaffke',
      });
      expect(pass?.value).toBeGreaterThan(0);
      expect(pass?.bound).toBeLessThanOrEqual(pass?.value ?? 0);
      expect(fail?.verdict).toBe('fail');
      expect(fail?.text).toMatch(
        /comparable rows, with 95 % confidence at best .* worse .*; 0\.02 worse is tolerated: missed, it is worse\.$/,
      );
    },
  );
  test('undecided against the champion does not block, and says what the rollout compares', () => {
    const same = { ...better, challenger: better.champion };
    const { verdict, checks, text } = judge([againstChampion('logLoss', 0), againstChampion('f1', 0)], same);
    expect(verdict).toBe('pass');
    expect(text).toBe('The gate passes: 0 checks on 2,000 test rows; 2 left to the rollout.');
    expect(checks.map((check) => check.verdict)).toEqual(['insufficient', 'insufficient']);
    expect(checks[0]?.text).toMatch(/not decided, .*; the rollout compares on live rows\.$/);
    expect(checks[1]?.text).toMatch(/; the rollout compares Log loss on live rows, and not this\.$/);
    const equal = judge([againstChampion('logLoss')], world(200, 0.3, 0.3));
    expect(equal).toMatchObject({ verdict: 'pass', checks: [{ verdict: 'insufficient' }] });
    expect(needs(equal.checks[0]?.text)).toBeGreaterThan(200);
  });
  test.each([
    ['wait', /; the candidate waits for more rows\.$/, false],
    ['ask', /; a person decides\.$/, true],
  ] as const)('undecided: %s keeps it from the rollout where that is declared', (undecided, said, isAsked) => {
    const same = { ...better, challenger: better.champion };
    const gates = [{ ...againstChampion('logLoss', 0), undecided }];
    const judged = judge(gates, same);
    expect(judged).toMatchObject({ verdict: 'insufficient', checks: [{ verdict: 'insufficient' }] });
    expect(judged.text).toMatch(said);
    expect(judged.isAsked).toBe(isAsked);
    // A first version has nobody to be compared with.
    expect(judge(gates, better, null).verdict).toBe('pass');
  });
  test('no champion, few rows, one class, no gains: said, but not a failure', () => {
    const few = world(29, 1, 1);
    const oneClass = { ...better, labels: new Float64Array(2_000) };
    expect(judge([againstChampion('logLoss')], better, null).checks[0]).toMatchObject({
      verdict: 'insufficient',
      value: null,
    });
    expect(judge([againstChampion('logLoss')], better, few)).toMatchObject({ verdict: 'pass' });
    expect(judge([againstChampion('logLoss')], better, few).checks[0]?.text).toContain('only 29 test rows');
    expect(judge([againstChampion('auroc')], better, oneClass).checks[0]?.verdict).toBe('insufficient');
    expect(judge([againstChampion('value')], better).checks[0]?.verdict).toBe('insufficient');
    expect(judge([{ gate: 'atLeast', metric: 'value', value: 1 }], better, null).verdict).toBe('insufficient');
  });
  test('regression', () => {
    const random = createRandom(3);
    const labels = Float64Array.from({ length: 500 }, () => random.normal());
    const near = labels.map((y) => y + 0.1 * random.normal());
    const far = labels.map((y) => y + random.normal());
    const paired: PairedRows = {
      task: 'regression',
      classes: [],
      labels,
      champion: far,
      challenger: near,
      championThreshold: null,
      challengerThreshold: null,
    };
    const gates = [againstChampion('rmse', 0), againstChampion('mae', 0)];
    const judgeValues = (rows: PairedRows) =>
      judgeGate({ gates, candidate: candidateOf(rows), baselines: {}, champion: rows, promotion: { metric: 'rmse' } });
    expect(judgeValues(paired).checks.map((check) => check.verdict)).toEqual(['pass', 'pass']);
    expect(judgeValues({ ...paired, champion: near, challenger: far }).verdict).toBe('fail');
  });
});
