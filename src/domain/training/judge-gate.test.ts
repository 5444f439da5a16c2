import { describe, expect, test } from 'vitest';
import { createRandom } from '../../statistics/random.ts';
import type { PairedRows } from './compare-paired.ts';
import { judgeGate } from './judge-gate.ts';
import { pairedWorld as world } from '../../../tests/worlds/paired-world.ts';
import { scoreRows } from '../metrics/score-rows.ts';
import type { MetricName } from '../metrics/registry.ts';
import type { GateSpec } from '../spec/spec.ts';

const againstChampion = (metric: MetricName, margin = 0.02): GateSpec => ({
  gate: 'noWorseThanChampion',
  metric,
  margin,
  alpha: 0.05,
});
const candidateOf = (paired: PairedRows) =>
  scoreRows({ ...paired, scores: paired.challenger, threshold: paired.challengerThreshold });
const judge = (gates: readonly GateSpec[], paired: PairedRows, champion: PairedRows | null = paired) =>
  judgeGate({
    gates,
    candidate: candidateOf(paired),
    baselines: { prior: { rows: paired.labels.length, auroc: 0.5, logLoss: 0.69 } },
    champion,
    seed: 1,
  });

describe('judgeGate', () => {
  const better = world(2_000, 2, 0.3);
  const worse = world(2_000, 0.3, 2);

  test('absolute and baseline gates by point', () => {
    const passed = judge(
      [
        { gate: 'atLeast', metric: 'auroc', value: 0.7 },
        { gate: 'betterThanBaseline', baseline: 'prior', metric: 'logLoss', by: 0.05 },
      ],
      better,
      null,
    );
    expect(passed).toMatchObject({ verdict: 'pass', text: 'The gate passes: 2 checks on 2,000 test rows.' });
    const failed = judge(
      [
        { gate: 'atLeast', metric: 'auroc', value: 0.99 },
        { gate: 'atMost', metric: 'brier', value: 0.9 },
      ],
      better,
      null,
    );
    expect(failed.verdict).toBe('fail');
    expect(failed.text).toMatch(
      /^The gate refuses: AUROC is 0\.\d+ on 2,000 test rows and at least 0\.99 is asked: missed\.$/,
    );
    expect(failed.checks.map((check) => check.verdict)).toEqual(['fail', 'pass']);
  });
  test.each(['auroc', 'averagePrecision', 'logLoss', 'brier', 'accuracy', 'f1', 'calibrationError'] as const)(
    '%s: a better candidate passes, a worse one fails',
    (metric) => {
      const [pass] = judge([againstChampion(metric)], better).checks;
      const [fail] = judge([againstChampion(metric)], worse).checks;
      expect(pass).toMatchObject({
        verdict: 'pass',
        rows: 2_000,
        limit: -0.02,
        method: metric === 'auroc' ? 'delong' : 'paired-bootstrap',
      });
      expect(pass?.value).toBeGreaterThan(0);
      expect(pass?.bound).toBeLessThanOrEqual(pass?.value ?? 0);
      expect(fail?.verdict).toBe('fail');
      expect(fail?.text).toMatch(
        /comparable rows, with 95 % confidence at worst .* worse; 0\.02 worse is tolerated: missed, it is worse\.$/,
      );
    },
  );
  test('the same model again is no worse, even without a margin', () => {
    const same = { ...better, challenger: better.champion };
    expect(
      judge([againstChampion('auroc', 0), againstChampion('logLoss', 0), againstChampion('f1', 0)], same).verdict,
    ).toBe('pass');
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
    expect(judge([againstChampion('rmse', 0), againstChampion('mae', 0)], paired).verdict).toBe('pass');
    expect(judge([againstChampion('rmse', 0)], { ...paired, champion: near, challenger: far }).verdict).toBe('fail');
  });
  test('a challenger that is truly worse by the margin passes in at most about 5 % of trainings', () => {
    let passes = 0;
    for (let run = 0; run < 200; run++) {
      const paired = world(300, 0, 0, `run ${run}`);
      const random = createRandom(`hit ${run}`);
      // Champion right with 80 %, challenger with 75 %: exactly the margin apart.
      const decide = (share: number) =>
        Float64Array.from(paired.labels).reduce<number[]>((all, y) => {
          const p = (random.next() < share ? y : 1 - y) === 1 ? 0.9 : 0.1;
          return [...all, 1 - p, p];
        }, []);
      const champion = decide(0.8);
      const challenger = decide(0.75);
      if (judge([againstChampion('accuracy', 0.05)], { ...paired, champion, challenger }).verdict === 'pass') passes++;
    }
    expect(passes / 200).toBeLessThanOrEqual(0.1);
    expect(passes).toBeGreaterThan(0);
  });
});
