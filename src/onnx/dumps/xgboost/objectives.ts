import { refusedFile } from '../../file/refused-file.ts';
import type { Link, Objective } from '../dump.ts';
import { brokenDump, shown } from '../read-json.ts';

type Answer = Pick<Objective, 'answers' | 'link'>;
const plainValue: Answer = { answers: 'value', link: 'identity' };
const positiveValue: Answer = { answers: 'value', link: 'exp' };
const classes: Answer = { answers: 'classes', link: 'softmax' };
const probability: Answer = { answers: 'probability', link: 'logistic' };

/** By `PredTransform` of its objectives (src/objective of XGBoost 3). */
const objectives: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['binary:logistic', probability],
  ['binary:logitraw', probability],
  ['reg:logistic', { answers: 'share', link: 'logistic' }],
  ['multi:softprob', classes],
  ['multi:softmax', classes],
  ['reg:squarederror', plainValue],
  ['reg:squaredlogerror', plainValue],
  ['reg:pseudohubererror', plainValue],
  ['reg:absoluteerror', plainValue],
  ['reg:quantileerror', plainValue],
  ['count:poisson', positiveValue],
  ['reg:gamma', positiveValue],
  ['reg:tweedie', positiveValue],
]);

/** Throws `unsupported` for one whose answers are not known here. */
export function objectiveOf(name: string): Objective {
  const known = objectives.get(name);
  if (known !== undefined) return { name, ...known, slope: 1 };
  throw refusedFile(
    `was trained for the objective ${shown(name)}, whose answers are not known here`,
    `Train with one of ${[...objectives.keys()].join(', ')}.`,
  );
}

/** From what the model answers without any tree to what its sums begin with (`ProbToMargin`). */
const margins: Readonly<Record<Link, (base: number) => number>> = {
  logistic: (base) => Math.log(base / (1 - base)),
  exp: Math.log,
  identity: (base) => base,
  softmax: (base) => base,
  'signed-square': (base) => base,
};

/** One number per sum, from `base_score`: one number, or a list in brackets, of one or of one per sum. */
export function marginsOf(baseScore: string, { link }: Objective, sums: number): readonly number[] {
  const bases = baseScore
    .replace(/^\[(.*)\]$/, '$1')
    .split(',')
    .map(Number);
  const values = bases.length === 1 ? new Array<number>(sums).fill(bases[0] ?? Number.NaN) : bases;
  if (values.length !== sums) throw brokenDump(`its base_score has ${bases.length} numbers for ${sums} sums`);
  const found = values.map((base) => margins[link](base));
  if (!found.every(Number.isFinite)) throw brokenDump(`its base_score ${shown(baseScore)} is none of its objective`);
  return found;
}
