import { isRows } from '../words/extent.ts';
import { sayCount, sayMany, sayNumber, sayShare } from '../words/say.ts';
import type { RolloutSpec } from '../spec/spec.ts';
import { boundaryOf } from './alpha-shares.ts';

export interface PreflightInput {
  /** Recent traffic of the model. */
  readonly rowsPerHour: number;
  /** Distinct entities among that hour's rows or more; null when every row is an entity of its own. */
  readonly entities: number | null;
  /** Share of the champion's rows that fail (0..1). */
  readonly failureRate: number;
  readonly rollout: Pick<RolloutSpec, 'canary' | 'alpha' | 'riskRatioMax'>;
}

export interface HarmForecast {
  /** The challenger fails this many times as often as the champion. */
  readonly riskRatio: number;
  /**
   * Rows of all traffic, from the first canary step, until the rollout would be stopped with about 80 % probability;
   * null when the plan ends before.
   */
  readonly rows: number | null;
  readonly hours: number | null;
}

export interface Preflight {
  readonly planRows: number;
  /** Null without traffic: the plan would never end. */
  readonly planHours: number | null;
  readonly forecasts: readonly HarmForecast[];
  readonly text: string;
}

/** 80 % of a normal lies above its mean minus this many standard deviations. */
const reachOf80Percent = 0.84;
const slicesPerStep = 200;

/**
 * Says before a rollout starts which harm it can see at this traffic. Each first failure of an entity brings the
 * expected log growth of the e-process (Kullback-Leibler of the arm it falls in); the forecast is where the sum, less
 * 0.84 standard deviations, reaches ln(1/alpha), of its share of alpha, plus ln 24 for not knowing the ratio
 * beforehand. An approximation for people.
 */
export function preflight(input: PreflightInput): Preflight {
  const steps = input.rollout.canary.map(({ percent, extent }) => ({
    weight: percent / 100,
    rows: isRows(extent) ? extent.rows : (input.rowsPerHour * extent.ms) / 3_600_000,
  }));
  const planRows = steps.reduce((sum, step) => sum + step.rows, 0);
  const forecasts = [2, 5].map((multiple) => forecast(input, steps, multiple * input.rollout.riskRatioMax));
  const planHours = input.rowsPerHour > 0 ? planRows / input.rowsPerHour : null;
  const text = [
    `The canary steps take ${sayMany(Math.round(planRows), 'row')}, ` +
      `${planHours === null ? 'for ever' : sayHours(planHours)} at ${sayMany(Math.round(input.rowsPerHour), 'row')} ` +
      `per hour and ${sayShare(input.failureRate)} failures.`,
    ...forecasts.map((harm) => sayForecast(harm)),
  ].join(' ');
  return { planRows, planHours, forecasts, text };
}

interface Step {
  readonly weight: number;
  readonly rows: number;
}

function forecast(input: PreflightInput, steps: readonly Step[], riskRatio: number): HarmForecast {
  const needed = Math.log(boundaryOf(input.rollout.alpha, 'evidence')) + Math.log(24);
  let rows = 0;
  let growth = 0;
  let variance = 0;
  for (const step of steps) {
    const event = growthPerEvent(step.weight, input.rollout.riskRatioMax, riskRatio);
    for (let slice = 0; slice < slicesPerStep; slice++) {
      const until = rows + step.rows / slicesPerStep;
      const events =
        firstFailures(input, step.weight, riskRatio, until) - firstFailures(input, step.weight, riskRatio, rows);
      growth += events * event.mean;
      variance += events * event.variance;
      rows = until;
      if (growth - reachOf80Percent * Math.sqrt(variance) >= needed) {
        return { riskRatio, rows: Math.ceil(rows), hours: input.rowsPerHour > 0 ? rows / input.rowsPerHour : null };
      }
    }
  }
  return { riskRatio, rows: null, hours: null };
}

/** Expected first failures among `rows` rows: an entity counts once, so a small population runs out of them. */
function firstFailures(input: PreflightInput, weight: number, riskRatio: number, rows: number): number {
  const rate = Math.min(1, input.failureRate * (1 - weight + riskRatio * weight));
  if (input.entities === null || input.entities <= 0) return rows * rate;
  return input.entities * -Math.expm1((rows / input.entities) * Math.log1p(-Math.min(rate, 1 - 1e-12)));
}

/** Mean and variance of what one failure adds to the log e-value of the right alternative. */
function growthPerEvent(
  weight: number,
  riskRatioMax: number,
  riskRatio: number,
): { readonly mean: number; readonly variance: number } {
  if (weight <= 0 || weight >= 1) return { mean: 0, variance: 0 };
  const q0 = (riskRatioMax * weight) / (1 - weight + riskRatioMax * weight);
  const q1 = (riskRatio * weight) / (1 - weight + riskRatio * weight);
  const won = Math.log(q1 / q0);
  const lost = Math.log((1 - q1) / (1 - q0));
  return { mean: q1 * won + (1 - q1) * lost, variance: q1 * (1 - q1) * (won - lost) * (won - lost) };
}

function sayForecast({ riskRatio, rows, hours }: HarmForecast): string {
  const harm = `A challenger that fails ${sayNumber(riskRatio)} times as often`;
  if (rows === null) return `${harm} would probably not be seen before the steps end.`;
  const time = hours === null ? '' : ` (${sayHours(hours)})`;
  return `${harm} would be stopped within about ${sayCount(rows)} rows${time}.`;
}

function sayHours(hours: number): string {
  if (hours < 1 / 60) return `${sayNumber(Math.round(hours * 36_000) / 10)} s`;
  if (hours < 1) return `${sayNumber(Math.round(hours * 60))} min`;
  return hours < 48 ? `${sayNumber(Math.round(hours * 10) / 10)} h` : `${sayNumber(Math.round(hours / 2.4) / 10)} days`;
}
