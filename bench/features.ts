import process from 'node:process';
import { signatureOf } from '../src/domain/spec/signature.ts';
import { ownTrainerOf, type OwnSpec } from '../src/domain/spec/trainer-spec.ts';
import { featuresThat } from '../src/domain/training/selection/feature-selection.ts';
import { momentsOf } from '../src/statistics/samples/paired.ts';
import { validationLossOf } from '../src/trainers/families/numeric/validation-loss.ts';
import type { FitContext } from '../src/trainers/fit/select-model.ts';
import { chooseByTime } from '../src/trainers/fit/selection/choose-by-time.ts';
import { splitByTime } from '../src/trainers/prepare/split-by-time.ts';
import { withProposals } from '../src/trainers/prepare/with-proposals.ts';
import { readOptions, wholeOption } from '../tools/options.mjs';
import { madeNames, makeTable, type MadeTable } from './features/tables.ts';

/** Rows that no fit has seen, made by the same seed. */
const freshRows = 10_000;

const help = `npm run bench:features -- [--rows 3000] [--seeds 10] [--trainer gbdt|linear] [--propose]
         [--table NAME] [--json]

What feature selection does with made tables, over seeds: the loss on ${freshRows} fresh rows with and
without it, and their difference with its standard error over seeds; the loss of somebody who is told which features the
target depends on; how many features it dropped, and how many of them the target depends on; how many computed ones it
keeps, where --propose lets it try some; the CPU seconds of both.
Tables: ${madeNames.join('; ')}.`;

const { values } = readOptions({
  options: {
    rows: { type: 'string', default: '3000' },
    seeds: { type: 'string', default: '10' },
    trainer: { type: 'string', default: 'gbdt' },
    table: { type: 'string' },
    propose: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const rows = wholeOption('rows', values.rows, { min: 500, max: 1_000_000 });
const seeds = wholeOption('seeds', values.seeds, { min: 2, max: 1_000 });

if (values.help) process.stdout.write(`${help}\n`);
else if (values.trainer !== 'gbdt' && values.trainer !== 'linear') fail('--trainer is gbdt or linear');
else if (values.table !== undefined && !madeNames.includes(values.table))
  fail(`--table is one of: ${madeNames.join('; ')}`);
else
  for (const name of madeNames)
    if (values.table === undefined || values.table === name) await ofTable(name, values.trainer);

async function ofTable(name: string, kind: 'gbdt' | 'linear'): Promise<void> {
  const all: Awaited<ReturnType<typeof ofSeed>>[] = [];
  for (let seed = 1; seed <= seeds; seed++) all.push(await ofSeed(makeTable(name, rows + freshRows, seed, { kind })));
  const mean = (of: (one: (typeof all)[number]) => number): number => momentsOf(all.map(of)).mean;
  const { mean: difference, variance } = momentsOf(all.map(({ usual, selected }) => selected.loss - usual.loss));
  const figures = {
    rows,
    seeds,
    lossWithout: mean(({ usual }) => usual.loss),
    lossTold: mean(({ told }) => told.loss),
    lossWith: mean(({ selected }) => selected.loss),
    difference,
    standardError: Math.sqrt(variance / seeds),
    dropped: mean((one) => one.dropped),
    droppedUseful: mean((one) => one.droppedUseful),
    computed: mean((one) => one.selected.proposals.length),
    features: mean((one) => one.features),
    cpuSecondsWithout: mean(({ usual }) => usual.cpuSeconds),
    cpuSecondsWith: mean(({ selected }) => selected.cpuSeconds),
  };
  const words =
    `${name}: test loss ${figures.lossWith.toFixed(4)} with selection, ${figures.lossWithout.toFixed(4)} without, ` +
    `difference ${difference.toFixed(5)} (standard error ${figures.standardError.toFixed(5)}), ` +
    `told ${figures.lossTold.toFixed(4)}; ` +
    `dropped ${figures.dropped.toFixed(1)} of ${figures.features}, ` +
    `${figures.droppedUseful.toFixed(2)} of them useful; ` +
    `computes ${figures.computed.toFixed(2)}; ` +
    `CPU ${figures.cpuSecondsWith.toFixed(1)} s, ${figures.cpuSecondsWithout.toFixed(1)} s without.`;
  process.stdout.write(
    `${values.json ? JSON.stringify({ bench: 'features', table: name, kind, ...figures }) : words}\n`,
  );
}

/** The same table fitted with and without. */
async function ofSeed(made: MadeTable) {
  const plain = ownTrainerOf(made.spec.trainer);
  const usual = await fitOnce(made, plain);
  const selected = await fitOnce(made, { ...plain, featureSelection: { propose: values.propose } } as OwnSpec);
  const told = made.useful.length === 0 ? usual : await fitOnce({ ...made, spec: toldOf(made) }, plain);
  const dropped =
    selected.selection?.features === undefined ? [] : featuresThat('dropped', selected.selection.features);
  const features = made.spec.features.length;
  return {
    usual,
    selected,
    told,
    features,
    dropped: dropped.length,
    droppedUseful: dropped.filter((each) => made.useful.includes(each)).length,
  };
}

function toldOf({ spec, useful }: MadeTable): MadeTable['spec'] {
  return { ...spec, features: spec.features.filter(({ name }) => useful.includes(name)) };
}

async function fitOnce({ spec, table: all }: MadeTable, settings: OwnSpec) {
  const table = { ...all, rows };
  const split = splitByTime(table, spec.split, spec.target.labelDelay, true);
  const signature = signatureOf(spec);
  const none = async (): Promise<void> => undefined;
  const context: FitContext = { signature, table, limits: [], settings, checkpoint: () => null, onProgress: none };
  const before = process.cpuUsage();
  const { selected, selection, proposals } = await chooseByTime(context, split, spec.target.labelDelay);
  const { user, system } = process.cpuUsage(before);
  const counted = { labels: table.labels, weights: null };
  const fresh = { from: rows, to: all.rows };
  const grown = await withProposals({ signature, table: all }, proposals);
  const loss = validationLossOf(signature, selected.model.predict(grown.table.columns, fresh), counted, fresh);
  return { loss, selection, proposals, cpuSeconds: (user + system) / 1e6 };
}

function fail(sentence: string): void {
  process.stderr.write(`error: ${sentence}.\n`);
  process.exitCode = 2;
}
