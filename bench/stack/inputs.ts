import { covariateOf, covariatesOf, type Covariate } from '../../src/domain/rollout/covariates.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { logit } from '../../src/domain/tasks/binary/log-odds.ts';
import { numbersIn, sliceColumns } from '../../src/onnx/run/columns.ts';
import type { TrafficTable } from '../../src/replay/traffic-table.ts';
import { withOpinion } from '../../src/trainers/judge/hold-out/linear-opinion.ts';
import { labelMeans } from '../label-averages/label-means.ts';
import type { Era, Scores, Sibling } from './eras.ts';

/** What a correction reads beside the log-odds of the champion. */
export interface Arm {
  readonly hasFeatures: boolean;
  readonly siblings: readonly Sibling[];
  /** How many champions before this one. */
  readonly earlier: number;
  /** Means of the newest known labels. */
  readonly labels: readonly number[];
  /** Means of the newest known errors, as `recentErrors` declares them. */
  readonly hasErrors: boolean;
}

const usual: Arm = { hasFeatures: true, siblings: [], earlier: 0, labels: [], hasErrors: false };

export const arms: Readonly<Record<string, Arm>> = {
  scores: { ...usual, hasFeatures: false },
  features: usual,
  earlier: { ...usual, earlier: 2 },
  recent: { ...usual, siblings: ['recent'] },
  linear: { ...usual, siblings: ['linear'] },
  slots: { ...usual, earlier: 2, siblings: ['recent', 'linear'] },
  labels: { ...usual, labels: [20, 100, 500] },
  errors: { ...usual, hasErrors: true },
};

/** One arm by its name, and `name/every=50` with refits as often as that; null for a name that is none. */
export function armOf(text: string): { readonly arm: Arm; readonly everyRows: number | null } | null {
  const [name = '', every] = text.split('/every=');
  const arm = Object.hasOwn(arms, name) ? arms[name] : undefined;
  if (arm === undefined || (every !== undefined && !/^[1-9]\d{0,5}$/.test(every))) return null;
  return { arm, everyRows: every === undefined ? null : Number(every) };
}

/** Columns of one era, by the row of the table from `holdOutFrom` on. */
export interface Inputs {
  readonly standards: readonly Covariate[];
  /** Row-major, of the rows from `holdOutFrom` on. */
  readonly values: Float64Array;
  readonly opinion: readonly number[];
}

export interface Known {
  readonly delayRows: number;
  /** Rows between refits: of what comes with them nothing is known. */
  readonly everyRows: number;
}

/** Log-odds by which another model may differ from the champion at most. */
const differenceMax = 6;

export function inputsOf(
  spec: ModelSpec,
  table: TrafficTable,
  arm: Arm,
  { era, before, known }: { readonly era: Era; readonly before: readonly Era[]; readonly known: Known },
): Inputs {
  const { holdOutFrom, cut } = era;
  const count = table.rows.length - holdOutFrom;
  const features = arm.hasFeatures ? featuresOf(spec, table, era) : [];
  const columns = sliceColumns(table.columns, holdOutFrom, table.rows.length);
  const ofFeatures = covariatesOf(features, count, (name) => numbersIn(columns, name));
  const champion = era.slots.get('champion') ?? new Float64Array(0);
  const others: readonly Scores[] = [
    ...arm.siblings.flatMap((name) => era.slots.get(name) ?? []),
    ...before.slice(-arm.earlier || before.length).flatMap(({ slots }) => slots.get('champion') ?? []),
  ];
  const rate = rateBefore(table, cut);
  const means = meansOf(table.labels, arm.labels, known).map((values) => tensOfPoints(values, rate));
  const more = [...others.map((scores) => differences(scores, champion)), ...means];
  const width = features.length + more.length;
  const values = new Float64Array(count * width);
  for (let row = 0; row < count; row++) {
    for (let k = 0; k < features.length; k++)
      values[row * width + k] = ofFeatures.values[row * features.length + k] ?? 0;
    more.forEach((column, k) => {
      values[row * width + features.length + k] = column[holdOutFrom + row] ?? 0;
    });
  }
  const standards = [...features, ...more.map((_, k) => ({ feature: `more ${k}`, mean: 0, deviation: 1, opinion: 0 }))];
  return { standards, values, opinion: standards.map(({ opinion = 0 }) => opinion) };
}

function featuresOf(spec: ModelSpec, table: TrafficTable, { holdOutFrom, cut }: Era): readonly Covariate[] {
  const held = sliceColumns(table.columns, holdOutFrom, cut);
  const standards = spec.features
    .filter(({ kind }) => kind === 'number')
    .flatMap(({ name }) => covariateOf(name, numbersIn(held, name)) ?? [])
    .slice(0, spec.watch.correction?.featuresMax ?? 0);
  return withOpinion(standards, spec.target.task, {
    columns: sliceColumns(table.columns, 0, holdOutFrom),
    labels: table.labels.subarray(0, holdOutFrom),
  });
}

/** A row that the other model has not scored says nothing. */
function differences(other: Scores, champion: Scores): Float64Array {
  return champion.map((score, row) => {
    const difference = logit(other[row] ?? 0) - logit(score);
    return Number.isNaN(difference) ? 0 : Math.min(Math.max(difference, -differenceMax), differenceMax);
  });
}

function meansOf(values: Float64Array, windows: readonly number[], { delayRows, everyRows }: Known) {
  return windows.length === 0 ? [] : labelMeans(values, { windows, delayRows, togetherRows: everyRows });
}

/** In units of ten points of probability around `mean`; 0 where nothing is known yet. */
function tensOfPoints(values: Float64Array, mean: number): Float64Array {
  return covariatesOf([{ feature: 'mean', mean, deviation: 0.1 }], values.length, () => values).values;
}

function rateBefore({ labels }: TrafficTable, to: number): number {
  const known = labels.subarray(0, to).filter((label) => !Number.isNaN(label));
  return known.reduce((sum, label) => sum + label, 0) / Math.max(1, known.length);
}
