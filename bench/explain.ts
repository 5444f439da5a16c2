import { performance } from 'node:perf_hooks';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeColumns } from '../src/onnx/run/encode-columns.ts';
import { loadScorer } from '../src/serving/versions/session.ts';
import { signatureOf } from '../src/domain/spec/signature.ts';
import type { FeatureSpec } from '../src/domain/spec/spec.ts';
import { defaultTrainers } from '../src/domain/spec/trainer-spec.ts';
import type { ReferenceProfile } from '../src/domain/training/profile.ts';
import { drawRowsOf } from '../src/onnx/explain/draw-row.ts';
import { exactExplainer } from '../src/onnx/explain/exact-explainer.ts';
import type { Explainer } from '../src/onnx/explain/reasons.ts';
import { sampledExplainer } from '../src/onnx/explain/sampled-explainer.ts';
import { columnsOf } from '../src/onnx/run/columns.ts';
import { createRandom } from '../src/statistics/numeric/random.ts';
import { gbdtTrainer } from '../src/trainers/families/gbdt/gbdt.ts';
import { linearTrainer } from '../src/trainers/families/linear/linear.ts';

/** What an explanation costs beside its answer: 20 number features, 200 trees of 31 leaves, one row at a time. */
const rows = 5_000;
const width = 20;
const treesMax = 200;
const explained = 100;
const random = createRandom('explain');
const features = Array.from({ length: width }, (_, at): FeatureSpec => ({
  name: `x${at}`,
  kind: 'number',
  missing: 'allow',
}));
const numbers = features.map(() => Float64Array.from({ length: rows }, () => random.normal()));
const labels = Float64Array.from({ length: rows }, (_, row) => {
  const at = (feature: number): number => numbers[feature]?.[row] ?? 0;
  return at(0) * at(1) + Math.sin(2 * at(2)) + at(3) + random.normal() > 0 ? 1 : 0;
});
const target = { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 1 } } as const;
const signature = signatureOf({ features, target });
const columns = columnsOf(
  rows,
  features.map(({ name }, at) => ({ name, kind: 'number' as const, numbers: numbers[at] ?? new Float64Array(rows) })),
);
const cells = { edges: [-1.3, -0.7, -0.3, 0, 0.3, 0.7, 1.3], counts: new Array<number>(8).fill(100), missing: 0 };
const binned = (name: string) => ({ name, kind: 'binned' as const, ...cells });
const profile: ReferenceProfile = {
  formatVersion: 1,
  rows: 800,
  features: features.map(({ name }) => binned(name)),
  prediction: binned('yes'),
};

const request = {
  signature,
  columns,
  labels,
  weights: null,
  limits: [],
  training: { from: 0, to: rows },
  validation: null,
  checkpoint: null,
  onProgress: () => Promise.resolve(),
};
const trees = await gbdtTrainer.fit({ ...request, treesMax, settings: defaultTrainers.gbdt });
const linear = await linearTrainer.fit({ ...request, treesMax: null, settings: defaultTrainers.linear });
const asked = encodeColumns(signature, columns)
  .slice(0, explained)
  .map((row) => ({ row, output: 0 }));

async function msPerRow(work: (index: number) => Promise<unknown>): Promise<number> {
  await work(0);
  const begin = performance.now();
  for (let index = 0; index < explained; index++)
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
    await work(index);
  return (performance.now() - begin) / explained;
}

const explain = (explainer: Explainer) => (index: number) => explainer.explain(asked.slice(index, index + 1));
const folder = mkdtempSync(path.join(tmpdir(), 'explain-'));
process.stdout.write(`model                   one answer ms   one explanation ms\n`);
for (const [name, model] of Object.entries({ 'tree-shap': trees, linear })) {
  const file = path.join(folder, `${name}.onnx`);
  const bytes = model.toOnnx('bench');
  writeFileSync(file, bytes);
  // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
  const scorer = await loadScorer(file, signature);
  // oxlint-disable-next-line no-await-in-loop -- as above
  const exact = await exactExplainer(bytes, signature);
  if (exact === null) throw new Error('a file of ours is explained exactly');
  const draw = drawRowsOf(profile, signature);
  const sampled = sampledExplainer({ signature, digest: name, draw, score: (some) => scorer.score(some) });
  // oxlint-disable-next-line no-await-in-loop -- as above
  const answerMs = await msPerRow((index) => scorer.score(asked.slice(index, index + 1).map(({ row }) => row)));
  for (const [how, explainer] of Object.entries({ [name]: exact, [`sampled of ${name}`]: sampled })) {
    // oxlint-disable-next-line no-await-in-loop -- as above
    const explainMs = await msPerRow(explain(explainer));
    process.stdout.write(`${how.padEnd(24)}${answerMs.toFixed(3).padStart(13)}${explainMs.toFixed(2).padStart(21)}\n`);
  }
  // oxlint-disable-next-line no-await-in-loop -- as above
  await scorer.close();
}
rmSync(folder, { recursive: true });
