/** What an hour costs the platform, as an operator declared it; null is "not declared", and then no money is shown. */
export interface PlatformCosts {
  readonly currency: string | null;
  readonly perTrainingHour: number | null;
  /** One model kept served for one hour. */
  readonly perServingHour: number | null;
}

export const noCosts: PlatformCosts = { currency: null, perTrainingHour: null, perServingHour: null };

/** A sum of paired differences with its 95 % interval; negative means that never retraining had been better. */
export interface Difference {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/**
 * What the windows of one model say about money, summed; everything is per labelled (or compared) row, nothing is
 * extrapolated.
 */
export interface PortfolioSums {
  readonly model: string;
  readonly owner: string;
  readonly useCase: string;
  /** Of the value declaration that stands now; null when none is declared. */
  readonly currency: string | null;
  readonly windows: number;
  /** Answers given in the windows of the period, whether or not they were measured. */
  readonly predictions: number;
  /** Rows of the windows whose quality is known that were looked at, and those of them with a label. */
  readonly measuredRows: number;
  readonly labelledRows: number;
  /** Sum over the labelled rows of what the answers brought; null when nothing was measured in money. */
  readonly value: number | null;
  readonly firstVersion: number | null;
  readonly comparedRows: number;
  /** Value of the answers minus value of the first champion's, on the compared rows. */
  readonly difference: number | null;
  readonly differenceVariance: number;
  readonly trainings: number;
  readonly trainingMs: number;
  /** Time in the period during which a champion stood. */
  readonly servedMs: number;
}

export interface PortfolioModel {
  readonly model: string;
  readonly owner: string;
  readonly useCase: string;
  readonly currency: string | null;
  readonly windows: number;
  readonly predictions: number;
  readonly measuredRows: number;
  readonly labelledRows: number;
  /** labelledRows over measuredRows, 0..1; null before the first measured window. */
  readonly labelCoverage: number | null;
  readonly value: number | null;
  readonly firstVersion: number | null;
  readonly comparedRows: number;
  readonly differenceToNeverRetrained: Difference | null;
  readonly trainings: number;
  readonly trainingHours: number;
  readonly servedHours: number;
  /** In the currency of the costs; null when no cost is declared. */
  readonly platformCost: number | null;
}

/** Sums over the models of one currency: money of two currencies is never added. */
export interface PortfolioTotal {
  readonly currency: string;
  readonly models: number;
  readonly labelledRows: number;
  readonly value: number;
  readonly comparedRows: number;
  readonly differenceToNeverRetrained: Difference | null;
}

export interface Portfolio {
  readonly from: string;
  readonly to: string;
  readonly models: readonly PortfolioModel[];
  readonly totals: readonly PortfolioTotal[];
  /** Over all models that are shown; null when no cost is declared. */
  readonly platformCost: { readonly currency: string; readonly amount: number } | null;
  readonly trainingHours: number;
  readonly servedHours: number;
  /** True when there are more models than one answer holds. */
  readonly isCut: boolean;
}

const hourMs = 3_600_000;
/** Quantile of the normal distribution for a two-sided 95 %; the sums are over hundreds of rows, so it holds. */
const normal95 = 1.959963984540054;

/** One page for the business from the sums of its windows. */
export function portfolioFrom(
  sums: readonly PortfolioSums[],
  period: { readonly from: Date; readonly to: Date },
  costs: PlatformCosts,
  isCut = false,
): Portfolio {
  const models = sums.map((row) => modelFrom(row, costs));
  const currencies = [
    ...new Set(sums.flatMap((row) => (row.value === null || row.currency === null ? [] : [row.currency]))),
  ].sort();
  const amount = models.reduce((sum, row) => sum + (row.platformCost ?? 0), 0);
  return {
    from: period.from.toISOString(),
    to: period.to.toISOString(),
    models,
    totals: currencies.map((currency) =>
      totalOf(
        currency,
        sums.filter((row) => row.currency === currency && row.value !== null),
      ),
    ),
    platformCost:
      costs.currency === null || models.every((row) => row.platformCost === null)
        ? null
        : { currency: costs.currency, amount },
    trainingHours: models.reduce((sum, row) => sum + row.trainingHours, 0),
    servedHours: models.reduce((sum, row) => sum + row.servedHours, 0),
    isCut,
  };
}

function modelFrom(row: PortfolioSums, costs: PlatformCosts): PortfolioModel {
  const { difference: _sum, differenceVariance: _variance, trainingMs, servedMs, ...shown } = row;
  const trainingHours = trainingMs / hourMs;
  const servedHours = servedMs / hourMs;
  const isPriced = costs.currency !== null && (costs.perTrainingHour !== null || costs.perServingHour !== null);
  return {
    ...shown,
    labelCoverage: row.measuredRows === 0 ? null : row.labelledRows / row.measuredRows,
    differenceToNeverRetrained: differenceOf([row]),
    trainingHours,
    servedHours,
    platformCost: isPriced
      ? trainingHours * (costs.perTrainingHour ?? 0) + servedHours * (costs.perServingHour ?? 0)
      : null,
  };
}

function totalOf(currency: string, rows: readonly PortfolioSums[]): PortfolioTotal {
  const sum = (read: (row: PortfolioSums) => number): number => rows.reduce((total, row) => total + read(row), 0);
  return {
    currency,
    models: rows.length,
    labelledRows: sum((row) => row.labelledRows),
    value: sum((row) => row.value ?? 0),
    comparedRows: sum((row) => row.comparedRows),
    differenceToNeverRetrained: differenceOf(rows),
  };
}

/** Differences and their variances add over windows and models, which are taken to be independent of each other. */
function differenceOf(rows: readonly PortfolioSums[]): Difference | null {
  const known = rows.filter((row) => row.difference !== null);
  if (known.length === 0) return null;
  const estimate = known.reduce((sum, row) => sum + (row.difference ?? 0), 0);
  const reach = normal95 * Math.sqrt(known.reduce((sum, row) => sum + row.differenceVariance, 0));
  return { estimate, low: estimate - reach, high: estimate + reach };
}
