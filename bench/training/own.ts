import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { createHash } from 'node:crypto';
import { signatureOf } from '../../src/domain/spec/signature.ts';
import type { FeatureSpec, TargetSpec } from '../../src/domain/spec/spec.ts';
import { defaultTrainers } from '../../src/domain/spec/trainer-spec.ts';
import { columnsOf, type FeatureColumn } from '../../src/onnx/run/columns.ts';
import { gbdtTrainer } from '../../src/trainers/families/gbdt/gbdt.ts';
import { readRows } from './rows-file.ts';
import { settings } from './settings.ts';

// A process of its own: one fit as the training child does it, from columns in memory to a model. Categories are texts,
// and their codes are part of what is measured. It prints one line of JSON and leaves its answers to the held-out rows.
const [folder = ''] = process.argv.slice(2);
const { shape, numbers, codes, labels } = await readRows(folder);
const target: TargetSpec = { task: 'binary', column: 'y', positive: '1', negative: '0', labelDelay: { rows: 0 } };
const columns: FeatureColumn[] = [
  ...numbers.map((column, f): FeatureColumn => ({ name: `n${f}`, kind: 'number', numbers: Float64Array.from(column) })),
  ...codes.map((column, f): FeatureColumn => ({ name: `c${f}`, kind: 'category', texts: textsOf(column) })),
];
const features = columns.map(({ name, kind }): FeatureSpec => ({ name, kind, missing: 'allow' }));
const truth = Float64Array.from(labels);

const beginMs = performance.now();
const begin = process.cpuUsage();
const model = await gbdtTrainer.fit({
  signature: signatureOf({ features, target }),
  columns: columnsOf(shape.rows, columns),
  labels: truth,
  weights: null,
  limits: [],
  training: { from: 0, to: shape.trainingRows },
  validation: null,
  settings: {
    ...defaultTrainers.gbdt,
    treesMax: settings.trees,
    leavesMax: settings.leaves,
    learningRate: settings.learningRate,
    rowsPerLeafMin: settings.rowsPerLeafMin,
    l2: settings.l2,
  },
  treesMax: null,
  checkpoint: null,
  onProgress: async () => undefined,
});
const { user, system } = process.cpuUsage(begin);
const wallMs = performance.now() - beginMs;

const digest = createHash('sha256').update(model.toOnnx('bench')).digest('hex').slice(0, 16);
const scores = model.predict(columnsOf(shape.rows, columns), { from: shape.trainingRows, to: shape.rows });
const positive = Float64Array.from({ length: shape.rows - shape.trainingRows }, (_, row) => scores[row * 2 + 1] ?? 0);
await writeFile(join(folder, 'perennial.f64'), new Uint8Array(positive.buffer));
const told = { cpuMs: (user + system) / 1_000, wallMs, peakMiB: process.resourceUsage().maxRSS / 1_024, digest };
process.stdout.write(`${JSON.stringify(told)}\n`);

function textsOf(column: Uint8Array): (string | null)[] {
  return Array.from(column, (code) => (code === 0 ? null : `v${code}`));
}
