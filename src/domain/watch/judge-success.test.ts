import { describe, expect, test } from 'vitest';
import { createRandom } from '../../statistics/numeric/random.ts';
import type { ScoredRows } from '../metrics/scored-rows.ts';
import type { SuccessCriterion } from '../spec/spec.ts';
import { judgeSuccess, type SuccessVerdict } from './judge-success.ts';

/** Decisions that are right in this share; each right one brings 2, each wrong one costs 1. */
function answered(count: number, share: number, seed: string): ScoredRows {
  const random = createRandom(seed);
  const decisions = Array.from({ length: count }, () => (random.next() < share ? 1 : 0));
  const labels = new Float64Array(count).fill(1);
  const scores = decisions.flatMap((decided) => (decided === 1 ? [0.2, 0.8] : [0.8, 0.2]));
  const gains = { yes: new Float64Array(count).fill(2), no: new Float64Array(count).fill(-1) };
  return { task: 'binary', classes: ['no', 'yes'], labels, scores, threshold: null, decisions, gains };
}

const judge = (criterion: SuccessCriterion, labelled: ScoredRows) =>
  judgeSuccess(criterion, { labelled, rows: labelled.labels.length + 20, throughSeq: 1_234 });
const accuracy: SuccessCriterion = { metric: 'accuracy', atLeast: 0.8 };

describe('judgeSuccess', () => {
  test('met, not met and not yet, each with its interval', () => {
    const met = judge(accuracy, answered(500, 0.9, 'met'));
    expect(met).toMatchObject({ verdict: 'met', labelledRows: 500, rows: 520, throughSeq: 1_234 });
    expect(met.lower).toBeGreaterThanOrEqual(0.8);
    expect(met.upper).toBeGreaterThan(met.value ?? 1);
    const [of, interval] = met.text.split(', 95 % interval ');
    expect(of).toMatch(/^Accuracy is 0\.\d+ on 500 labelled rows of 520 mature rows through row 1,234$/);
    expect(interval).toMatch(/^0\.8\d+ to 0\.9\d+; at least 0\.8 is a success: met\.$/);
    expect(judge(accuracy, answered(500, 0.7, 'missed')).text).toMatch(/is a success: not met\.$/);
    expect(judge(accuracy, answered(60, 0.85, 'open')).text).toMatch(/is a success: not yet\.$/);
  });
  test('a loss is bounded from above, and its interval reads upwards all the same', () => {
    const { verdict, lower, upper } = judge({ metric: 'brier', atMost: 0.5 }, answered(400, 0.9, 'loss'));
    expect(verdict).toBe('met');
    expect(lower).toBeLessThan(upper ?? 0);
    expect(judge({ metric: 'brier', atMost: 0.05 }, answered(400, 0.9, 'loss')).verdict).toBe('not-met');
  });
  test('money, where each outcome has a value', () => {
    const { verdict, value } = judge({ metric: 'value', atLeast: 1 }, answered(500, 0.9, 'money'));
    expect(verdict).toBe('met');
    expect(value).toBeGreaterThan(1.5);
  });
  test('too few labels, or a metric that these rows do not have: not yet', () => {
    expect(judge(accuracy, answered(29, 1, 'few')).text).toMatch(/29 labelled rows of .*, 30 are needed: not yet\.$/);
    expect(judge({ metric: 'auroc', atLeast: 0.5 }, answered(100, 0.9, 'one class'))).toMatchObject({
      verdict: 'not-yet',
      value: null,
    });
  });
  test('exactly at the bound, one in forty windows says met, and one in forty not met', () => {
    const runs = 400;
    const said: Record<SuccessVerdict, number> = { met: 0, 'not-met': 0, 'not-yet': 0 };
    for (let run = 0; run < runs; run++) said[judge(accuracy, answered(300, 0.8, `at the bound ${run}`)).verdict]++;
    // 2.5 % of 400 are 10; a rate of 2.5 % gives more than 21 once in a thousand seeds.
    expect(said.met).toBeLessThanOrEqual(21);
    expect(said['not-met']).toBeLessThanOrEqual(21);
  });
});
