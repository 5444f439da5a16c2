import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { rootDir } from '../../src/config.ts';
import { modelSpecSchema } from '../../src/contracts/spec/model-spec.ts';
import { metricIntervals } from '../../src/domain/metrics/metric-intervals.ts';
import { metricNames, type Metrics } from '../../src/domain/metrics/metrics.ts';
import { scoreRows } from '../../src/domain/metrics/score-rows.ts';
import type { ScoredRows } from '../../src/domain/metrics/scored-rows.ts';
import { judgePromotion } from '../../src/domain/rollout/judge-promotion.ts';
import { checkSpec } from '../../src/domain/spec/check-spec.ts';
import { judgeGate } from '../../src/domain/training/judge-gate.ts';
import { metricAmong, metricName, metricText, unitOf } from '../../src/ui/words/quality.ts';
import { binary, category, csv, defineModel, number, regression } from '../../src/sdk/index.ts';
import { houseTables } from '../../tools/house/tables.ts';

vi.mock('../../src/domain/metrics/registry.ts', async (original) => {
  const real = await original<typeof import('../../src/domain/metrics/registry.ts')>();
  const surprise = {
    title: 'Worst surprise',
    noun: 'worst surprise',
    about: 'how far a probability lay from what came true',
    tasks: ['binary'],
    better: 'lower',
    unit: 'nats',
    needsThreshold: false,
    needsValue: false,
    isPerRow: true,
    interval: 'bootstrap',
  };
  return { ...real, metricRegistry: { ...real.metricRegistry, surprise } };
});
vi.mock('../../src/domain/metrics/measures.ts', async (original) => {
  const real = await original<typeof import('../../src/domain/metrics/measures.ts')>();
  const surprise = ({ scores, labels }: ScoredRows): Float64Array =>
    Float64Array.from(labels, (label, row) => Math.abs((scores[row * 2 + 1] ?? 0) - label));
  return { ...real, measures: { ...real.measures, surprise } };
});

/** The compiler knows the metrics of the registry only; what a definition says of the added one goes through JSON. */
const gate = JSON.parse('{ "gate": "atMost", "metric": "surprise", "value": 0.25 }');
const about = { owner: 'house', useCase: 'Tests.', successCriterion: 'They pass.' };
const base = { about, features: { amount: number(), city: category() }, source: csv('a.csv') };
const target = binary('outcome', { positive: 'yes', negative: 'no' });
const define = () => ({ ...defineModel('added', { ...base, target }), gates: [gate] });

const rows = 240;
const labels = Float64Array.from({ length: rows }, (_, row) => row % 2);
/** Probabilities of the positive class that lie `gap` (and a little more or less) from the label. */
const scoresAt = (gap: number): Float64Array =>
  Float64Array.from({ length: rows * 2 }, (_, cell) => {
    const row = cell >> 1;
    const off = gap + 0.01 * (row % 5);
    const positive = labels[row] === 1 ? 1 - off : off;
    return cell % 2 === 1 ? positive : 1 - positive;
  });
const scored = { task: 'binary', classes: ['no', 'yes'], labels, scores: scoresAt(0.1), threshold: 0.5 } as const;

describe('a metric is added by one row and one function', () => {
  test('schema and checks take it, for its tasks alone', () => {
    expect(modelSpecSchema.safeParse(define()).success).toBe(true);
    expect(checkSpec(define())).toEqual([]);
    const price = { ...defineModel('price', { ...base, target: regression('price') }), gates: [gate] };
    expect(checkSpec(price)).toMatchObject([{ path: 'gates[0].metric', fix: 'Use one of: rmse, mae, pinball.' }]);
    expect(modelSpecSchema.safeParse({ ...define(), gates: [{ ...gate, metric: 'delight' }] }).success).toBe(false);
  });

  test('it is measured, judged by the gate and has an interval', () => {
    const metrics: Metrics & { readonly surprise?: number } = scoreRows(scored);
    expect(metrics.surprise).toBeCloseTo(0.12, 12);
    const promotion = { metric: gate.metric };
    const judged = judgeGate({ gates: [gate], candidate: scored, baselines: {}, champion: null, promotion });
    expect(judged).toMatchObject({ verdict: 'pass', checks: [{ verdict: 'pass', value: expect.closeTo(0.12, 12) }] });
    expect(judged.checks[0]?.text).toMatch(/^Worst surprise is 0\.12 on 240 test rows/);
    const intervals = new Map(Object.entries(metricIntervals(scored)));
    expect(intervals.get('surprise')).toMatchObject({ method: 'batch-means' });
    expect(intervals.get('surprise')?.upper).toBeGreaterThan(intervals.get('surprise')?.lower ?? 1);
  });

  test('the comparison knows that less of it is better', () => {
    const { task, classes } = scored;
    const sides = { task, classes, labels, championThreshold: 0.5, challengerThreshold: 0.5 };
    const promotion = { metric: gate.metric, margin: 0, alpha: 0.05, labelledRowsMin: 30 };
    const judge = (champion: number, challenger: number) =>
      judgePromotion(
        { ...sides, champion: scoresAt(champion), challenger: scoresAt(challenger) },
        { promotion, alpha: 0.05 },
      );
    expect(judge(0.2, 0.1)).toMatchObject({ verdict: 'better', estimate: expect.closeTo(0.1, 12) });
    expect(judge(0.1, 0.2)).toMatchObject({ verdict: 'worse', estimate: expect.closeTo(-0.1, 12) });
  });

  test('pages and documents name it', () => {
    expect(metricName('surprise')).toBe('worst surprise');
    expect(unitOf(gate.metric, null, 'outcome')).toBe('nats');
    expect(metricText('surprise', 0.25, null)).toBe('0.25');
    expect(metricAmong('surprise', [{ logLoss: 1, surprise: 0.1 }])).toBe('surprise');
    const table = houseTables.find(({ name }) => name === 'metrics')?.lines() ?? [];
    expect(table.at(-1)).toMatch(/^\| `surprise` \| Worst surprise \| .* \| binary \| lower \| nats \|/);
  });
});

test('no other file decides by the name of a metric, or lists several', () => {
  // `value` is a word of many senses; whoever compares it with the metric compares the others too.
  const names = metricNames().filter((name) => name !== 'value');
  const name = `['"](?:${names.join('|')})['"]`;
  const suspicious = new RegExp(`(?:[=!]==? ?|case )${name}|${name},\\s*${name}|${name}\\s*\\|\\s*${name}`, 'g');
  // The demo's world is a story: what its acts show is chosen for it.
  const allowed = /^src\/domain\/metrics\/|^src\/demo\/world-metrics\.ts$|\.test\.tsx?$/;
  const found = sources(['src', 'activities', 'workflows']).flatMap((file) =>
    [...readFileSync(path.join(rootDir, file), 'utf8').matchAll(suspicious)].map(([text]) => `${file}: ${text}`),
  );
  expect(found.length).toBeGreaterThan(0);
  expect(found.filter((line) => !allowed.test(line.split(': ')[0] ?? ''))).toEqual([]);
});

function sources(folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(rootDir, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => `${folder}/${file}`),
  );
}
