import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { answerRows, type Answerer } from '../../src/answering/answer.ts';
import { thresholdOf, widthOf } from '../../src/answering/decide.ts';
import { rootDir } from '../../src/config.ts';
import { metricRows } from '../../src/domain/metrics/metric-of.ts';
import type { Correction } from '../../src/domain/rollout/correction.ts';
import { completeSpec } from '../../src/domain/spec/default-spec.ts';
import { signatureOf, type EncodedRow } from '../../src/domain/spec/signature.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { prequential } from '../../src/replay/prequential.ts';
import { answerRequest } from '../../src/serving/answer/answer-request.ts';
import { createRandom } from '../../src/statistics/numeric/random.ts';
import { servedInMemory, servingInMemory } from '../worlds/serving-in-memory.ts';

const rowCount = 500;
const labelDelay = { rows: 1 };
const targets = {
  binary: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay },
  multiclass: { task: 'multiclass', column: 'y', classes: ['a', 'b', 'c'], labelDelay },
  regression: { task: 'regression', column: 'y', labelDelay },
} as const;

function specOf(task: keyof typeof targets): ModelSpec {
  return completeSpec({
    name: 'm',
    about: { owner: 'team', useCase: 'test', successCriterion: 'test' },
    features: [{ kind: 'number', name: 'row', missing: 'refuse' }],
    target: targets[task],
    source: { kind: 'file', path: 'x.csv', format: 'csv' },
  });
}

/** Scores in tenths, so that ties and rows exactly at a threshold are many. */
function rawScores(width: number): readonly (readonly number[])[] {
  const random = createRandom(`scores/${width}`);
  return Array.from({ length: rowCount }, () => {
    if (width === 1) return [random.normal()];
    const weights = Array.from({ length: width }, () => 1 + Math.floor(random.next() * 5));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  });
}

/** What the inference server answers, with a version whose scores are given. */
async function served(spec: ModelSpec, by: Answerer, raw: readonly (readonly number[])[]) {
  const score = ({ numbers }: EncodedRow): readonly number[] | null => raw[numbers[0] ?? -1] ?? null;
  const model = servedInMemory(spec, { score, threshold: by.threshold, correction: by.correction });
  const { serving } = servingInMemory([model]);
  return answerRequest(serving, model, { rows: raw.map((_, row) => ({ row })), startedAtMs: 0 });
}

const corrections: Record<keyof typeof targets, Correction> = {
  binary: { formatVersion: 1, task: 'binary', slope: 0.7, intercepts: [-0.3] },
  multiclass: { formatVersion: 1, task: 'multiclass', slope: 1.3, intercepts: [0.2, 0, -0.4] },
  regression: { formatVersion: 1, task: 'regression', slope: 1.1, intercepts: [0.5] },
};
const cases = (['binary', 'multiclass', 'regression'] as const).flatMap((task) =>
  [null, 0.4].flatMap((threshold) =>
    [null, corrections[task]].map((correction) => [task, threshold, correction === null, correction] as const),
  ),
);

test.each(cases)(
  '%s, threshold %s, uncorrected %s: serving, guard, quality and replay answer the same to the last bit',
  async (task, threshold, _, correction) => {
    const spec = specOf(task);
    const { classes } = signatureOf(spec);
    const question = { task, classes };
    const raw = rawScores(widthOf(question));
    const given = await served(spec, { question, threshold, correction }, raw);
    const scores = given.flatMap(({ answer }) => answer?.scores ?? []);
    const decisions = given.map(({ answer }) => Math.max(0, classes.indexOf(answer?.decision ?? '')));

    const measured = answerRows({ question, threshold, correction }, raw.flat());
    expect([...measured.scores]).toEqual(scores);
    expect([...measured.decisions]).toEqual(decisions);
    if (task === 'regression') return;

    // A label that is the served decision is a hit for whoever decides as serving does, on every row.
    const labels = Float64Array.from(decisions);
    const judged = metricRows('accuracy', { ...question, labels, scores, threshold: thresholdOf(question, threshold) });
    expect([...(judged ?? [])]).toEqual(decisions.map(() => 1));
    const thresholds = new Float64Array(rowCount).fill(threshold ?? Number.NaN);
    const replayed = prequential(spec, labels, { scores: Float64Array.from(scores), thresholds });
    expect(replayed.accuracy).toBe(1);
  },
);

/** The arithmetic of a correction is the domain's, because fitting needs it; the room applies it for everybody else. */
const mayApply = /^src\/(answering|domain|statistics)\//;
const words = /\b(applyCorrection|parseCorrection|decideRow)\b|>= \(?threshold/;

test('nothing else in the house corrects or decides', async () => {
  const files = (
    await Promise.all(
      ['src', 'activities', 'workflows', 'simulator'].map(async (folder) =>
        (await readdir(path.join(rootDir, folder), { recursive: true })).map((name) => path.posix.join(folder, name)),
      ),
    )
  ).flat();
  const sources = files.filter((name) => /\.tsx?$/.test(name) && !name.includes('.test.') && !mayApply.test(name));
  expect(sources.length).toBeGreaterThan(300);
  const texts = await Promise.all(sources.map((name) => readFile(path.join(rootDir, name), 'utf8')));
  expect(sources.filter((_, index) => words.test(texts[index] ?? ''))).toEqual([]);
});
