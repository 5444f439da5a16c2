import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { inferInOrder } from '../src/data/infer/infer-in-order.ts';
import { signatureOf } from '../src/domain/spec/signature.ts';
import type { FeatureSpec, ModelSpec } from '../src/domain/spec/spec.ts';
import { ownTrainerOf } from '../src/domain/spec/trainer-spec.ts';
import { saySelection } from '../src/domain/training/selection/say-selection.ts';
import { readTrafficTable, trainingTableOf, type TrafficTable } from '../src/replay/traffic-table.ts';
import { priorTrainer } from '../src/trainers/families/prior/prior.ts';
import { validationLossOf } from '../src/trainers/families/numeric/validation-loss.ts';
import { selectByTime } from '../src/trainers/fit/select-by-time.ts';
import { declaredWays, selectModel, stageOf, type FitContext } from '../src/trainers/fit/select-model.ts';
import { splitByTime } from '../src/trainers/prepare/split-by-time.ts';
import { readOptions, wholeOption } from '../tools/options.mjs';
import { streamCsv, streamNames } from './selection/streams.ts';

const help = `npm run bench:selection -- [FILE TARGET] [--at 4000,8000] [--half-lives 0.25,0.05] [--also COLUMN,...]
         [--json]

What a training would choose, had it been asked after each of these numbers of rows: its loss on the test rows, which
chose nothing, beside that of the best share of history, and of the prior; what was found; the CPU seconds of all fits
that chose. Log loss, or RMSE. Without a file: made streams (${streamNames.join(', ')}). --also reads number columns
that inference leaves out.`;

const { values, positionals } = readOptions({
  allowPositionals: true,
  options: {
    at: { type: 'string', default: '2000,4000,6000,8000,12000' },
    'half-lives': { type: 'string', default: '' },
    also: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const [file, target] = positionals;
const at = values.at.split(',').map((text) => wholeOption('at', text, { min: 100, max: 10_000_000 }));
const listed = (text: string): readonly string[] => text.split(',').filter((word) => word !== '');
const halfLives = listed(values['half-lives']).map(Number);

if (values.help) process.stdout.write(`${help}\n`);
else if (positionals.length === 1 || positionals.length > 2 || halfLives.some((share) => !(share > 0 && share <= 1)))
  fail('a file and its target, and half-lives above 0 and up to 1, are wanted: see --help', 2);
else await bench().catch((error: unknown) => fail(error instanceof Error ? error.message : String(error), 1));

async function bench(): Promise<void> {
  const workDir = await mkdtemp(path.join(tmpdir(), 'perennial-bench-'));
  try {
    if (file !== undefined && target !== undefined) await ofTable(path.resolve(file), target, workDir);
    else
      for (const name of streamNames) {
        const made = path.join(workDir, `${name}.csv`);
        await writeFile(made, streamCsv(name) ?? '');
        await ofTable(made, 'y', workDir);
      }
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

async function ofTable(filePath: string, column: string, workDir: string): Promise<void> {
  const inferred = await inferInOrder({ path: filePath, target: column, workDir });
  const also = listed(values.also).map((name): FeatureSpec => ({ name, kind: 'number', missing: 'allow' }));
  const spec: ModelSpec = { ...inferred.spec, features: [...inferred.spec.features, ...also] };
  const table = await readTrafficTable(inferred.file, spec);
  const all: Awaited<ReturnType<typeof chooseAt>>[] = [];
  for (const rows of at) all.push(await chooseAt(spec, table, Math.min(rows, table.rows.length)));
  const mean = (of: 'testLoss' | 'alikeLoss'): number =>
    all.reduce((sum, losses) => sum + (losses[of] ?? Number.NaN), 0) / all.length;
  const [meanTestLoss, meanAlikeLoss] = [mean('testLoss'), mean('alikeLoss')];
  print(
    spec.name,
    { meanTestLoss, meanAlikeLoss },
    `mean test loss ${sayLoss(meanTestLoss)}, by shares of history alone ${sayLoss(meanAlikeLoss)}`,
  );
}

/** Test losses after so many rows: of what is chosen, and of what shares of history alone would choose. */
async function chooseAt(spec: ModelSpec, traffic: TrafficTable, rows: number) {
  const table = trainingTableOf(traffic, rows);
  const { labelDelay } = spec.target;
  const split = splitByTime(table, spec.split, labelDelay, true);
  const signature = signatureOf(spec);
  const settings = { ...ownTrainerOf(spec.trainer), ...(halfLives.length === 0 ? {} : { halfLives }) };
  const none = async (): Promise<void> => undefined;
  const context: FitContext = { signature, table, limits: [], settings, checkpoint: () => null, onProgress: none };
  const before = process.cpuUsage();
  const { selected, selection } = await selectByTime(context, split, labelDelay);
  const { user, system } = process.cpuUsage(before);
  const cpuSeconds = (user + system) / 1e6;
  const counted = { labels: table.labels, weights: null };
  const lossOf = ({ predict }: Pick<typeof selected.model, 'predict'>): number =>
    validationLossOf(signature, predict(table.columns, split.test), counted, split.test);
  const prior = await priorTrainer.fit({ ...stageOf(context, 'prior', split.training, null), settings });
  const alike = await selectModel(context, split.training, split.validation, declaredWays(ownTrainerOf(spec.trainer)));
  const [testLoss, alikeLoss, priorLoss] = [selected.model, alike.model, prior].map(lossOf);
  const found = selection === null ? [] : saySelection(selection);
  print(
    spec.name,
    { rows, testLoss, alikeLoss, priorLoss, trees: selected.model.trees, cpuSeconds, found },
    `${rows} rows: test loss ${sayLoss(testLoss)}, by shares of history alone ${sayLoss(alikeLoss)}, ` +
      `prior ${sayLoss(priorLoss)}, ${cpuSeconds.toFixed(1)} CPU s. ${found.join(' ')}`,
  );
  return { testLoss, alikeLoss };
}

function sayLoss(loss: number | undefined): string {
  return loss?.toFixed(4) ?? '-';
}

function print(model: string, figures: Readonly<Record<string, unknown>>, words: string): void {
  const line = values.json ? JSON.stringify({ bench: 'selection', model, ...figures }) : `${model}, ${words}`;
  process.stdout.write(`${line}\n`);
}

function fail(sentence: string, code: number): void {
  process.stderr.write(`error: ${sentence.replace(/\.$/, '')}.\n`);
  process.exitCode = code;
}
