import { refusedFile } from '../../file/refused-file.ts';
import type { Objective } from '../dump.ts';
import { brokenDump, shown } from '../read-json.ts';

/** How its sums are answered, and what they begin with: `base_score` as the sum that it is answered for. */
type Answer = Pick<Objective, 'answers' | 'link'> & { readonly margin: (base: number) => number };
const itself = (base: number): number => base;
const logOdds = (base: number): number => Math.log(base / (1 - base));
const plainValue: Answer = { answers: 'value', link: 'identity', margin: itself };
const positiveValue: Answer = { answers: 'value', link: 'exp', margin: Math.log };
const classes: Answer = { answers: 'classes', link: 'softmax', margin: itself };

/** By `PredTransform` and `ProbToMargin` of its objectives (src/objective of XGBoost 3). */
const objectives: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['binary:logistic', { answers: 'probability', link: 'logistic', margin: logOdds }],
  // It answers log-odds, of which the probability is made here.
  ['binary:logitraw', { answers: 'probability', link: 'logistic', margin: itself }],
  ['reg:logistic', { answers: 'share', link: 'logistic', margin: logOdds }],
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

/**
 * The objective of that name, and what its sums begin with: one number for each, from `base_score`, which is one number
 * or a list in brackets. Throws `unsupported` for an objective whose answers are not known here.
 */
export function objectiveOf(
  name: string,
  baseScore: string,
  sums: number,
): { readonly objective: Objective; readonly base: readonly number[] } {
  const known = objectives.get(name);
  if (known === undefined)
    throw refusedFile(
      `was trained for the objective ${shown(name)}, whose answers are not known here`,
      `Train with one of ${[...objectives.keys()].join(', ')}.`,
    );
  const { margin, ...answer } = known;
  const bases = baseScore
    .replace(/^\[(.*)\]$/, '$1')
    .split(',')
    .map(Number);
  const values = bases.length === 1 ? new Array<number>(sums).fill(bases[0] ?? Number.NaN) : bases;
  if (values.length !== sums) throw brokenDump(`its base_score has ${bases.length} numbers for ${sums} sums`);
  const base = values.map(margin);
  if (!base.every(Number.isFinite)) throw brokenDump(`its base_score ${shown(baseScore)} is none of its objective`);
  return { objective: { name, ...answer, slope: 1 }, base };
}
