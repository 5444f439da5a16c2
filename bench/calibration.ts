import { PerennialError } from '../src/domain/words/errors.ts';
import { calibrationMethods, type CalibrationMethod } from '../src/domain/training/calibration/calibration.ts';
import { defaultTrainers, type OwnSpec } from '../src/domain/spec/trainer-spec.ts';
import { createRandom } from '../src/statistics/numeric/random.ts';
import { logLossRows, mean } from '../src/statistics/samples/losses.ts';
import { calibrate } from '../src/trainers/calibrate/calibrate.ts';
import { withMaps } from '../src/trainers/calibrate/with-maps.ts';
import { fitAs } from '../src/trainers/registry.ts';
import { fitRequest } from '../tests/worlds/fit-fixture.ts';
import { fixtureTargets } from '../tests/worlds/training-fixture.ts';
import { readOptions, wholeOption } from '../tools/options.mjs';

const help = `npm run bench:calibration [-- --json] [-- --seeds N] [-- --rows N]

What a declared calibration is worth on generated rows of two classes (6,000 unless told otherwise, 60 % to learn from,
20 % to calibrate by, 20 % to test by), over N seeds (10 unless told otherwise): of how many seeds it was taken, and the
log loss of the test rows less that of the same fit without it, with the standard error of the mean. Fits are boosted
trees as they are usual, trees that stop far too early, and a linear model of a truth that is not linear.`;

const { values } = readOptions({
  options: {
    json: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '10' },
    rows: { type: 'string', default: '6000' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const seeds = wholeOption('seeds', values.seeds);
const rows = wholeOption('rows', values.rows);

const fits: Readonly<Record<string, OwnSpec>> = {
  'gbdt, usual': defaultTrainers.gbdt,
  'gbdt, 8 trees': { ...defaultTrainers.gbdt, treesMax: 8 },
  linear: defaultTrainers.linear,
};

if (values.help) process.stdout.write(`${help}\n`);
else if (!(seeds >= 2 && seeds <= 100)) fail('--seeds must be a whole number from 2 to 100.');
else if (!(rows >= 1_000 && rows <= 1_000_000)) fail('--rows must be a whole number from 1,000 to 1,000,000.');
else await bench();

async function bench(): Promise<void> {
  for (const [fit, settings] of Object.entries(fits)) {
    const found = new Map<CalibrationMethod, { taken: number; differences: number[] }>();
    for (let seed = 1; seed <= seeds; seed++) {
      const world = worldOf(seed);
      const { signature, columns, labels } = world;
      const model = await fitAs(settings, { ...world, treesMax: null });
      const test = { from: Math.floor(rows * 0.8), to: rows };
      const lossOf = (maps: Parameters<typeof withMaps>[2]): number =>
        mean(logLossRows(withMaps(signature, model, maps).predict(columns, test), 2, labels.subarray(test.from)));
      for (const method of calibrationMethods) {
        const asked = { signature, table: { columns, labels }, weights: null };
        const calibrated = calibrate({ ...asked, settings: withMethod(settings, method) }, model, world.validation);
        const map = calibrated?.map ?? null;
        const sums = found.get(method) ?? { taken: 0, differences: [] };
        sums.taken += map === null ? 0 : 1;
        sums.differences.push(map === null ? 0 : lossOf([map]) - lossOf([]));
        found.set(method, sums);
      }
    }
    for (const [method, { taken, differences }] of found) report({ fit, method, taken, ...spreadOf(differences) });
  }
}

function worldOf(seed: number) {
  const random = createRandom(seed).fork('bench of calibration');
  const [a, b, c] = ['a', 'b', 'c'].map((name) => ({
    name,
    kind: 'number' as const,
    numbers: Float64Array.from({ length: rows }, () => 2 * random.next() - 1),
  }));
  const at = (column: typeof a, row: number): number => column?.numbers[row] ?? 0;
  const labels = Float64Array.from({ length: rows }, (_, row) => {
    const score = 2 * Math.sin(3 * at(a, row)) + 3 * at(b, row) * at(c, row) + 2 * at(c, row) - 1;
    return random.next() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
  });
  const columns = [a, b, c].filter((column) => column !== undefined);
  const training = { from: 0, to: Math.floor(rows * 0.6) };
  const validation = { from: training.to, to: Math.floor(rows * 0.8) };
  return { ...fitRequest(fixtureTargets.binary, columns, labels), training, validation };
}

function withMethod(settings: OwnSpec, calibration: CalibrationMethod): OwnSpec {
  return settings.kind === 'streaming' ? settings : { ...settings, calibration };
}

function spreadOf(differences: readonly number[]): { mean: number; standardError: number } {
  const middle = mean(differences);
  const squares = differences.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  const standardError = Math.sqrt(squares / (differences.length - 1) / differences.length);
  return { mean: Number(middle.toPrecision(3)), standardError: Number(standardError.toPrecision(3)) };
}

interface Line {
  readonly fit: string;
  readonly method: CalibrationMethod;
  readonly taken: number;
  readonly mean: number;
  readonly standardError: number;
}

function report({ fit, method, taken, ...difference }: Line): void {
  const said =
    `${fit}, ${method}: taken ${taken} of ${seeds} times, log loss with less without ` +
    `${difference.mean} (standard error ${difference.standardError})`;
  const line = values.json ? JSON.stringify({ fit, method, rows, seeds, taken, ...difference }) : said;
  process.stdout.write(`${line}\n`);
}

function fail(sentence: string): void {
  process.stderr.write(`error: ${new PerennialError('invalid_request', sentence).message}\n`);
  process.exitCode = 2;
}
