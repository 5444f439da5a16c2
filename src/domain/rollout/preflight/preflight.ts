import { leastSpread } from '../sequence-bounds.ts';
import { expectedExcess, leastHarmSeen, rowsUntilSeen, type Ahead } from './harm-ahead.ts';
import { promotionAhead, type PromotionAhead } from './promotion-ahead.ts';
import { refusalOf } from './refuse-plan.ts';
import { sayPreflight } from './say-preflight.ts';
import type { HarmForecast, Preflight, PreflightInput, SpendForecast } from './told.ts';
import { firstRows, rowsIn, stretchesOf, type Stretch } from './traffic-ahead.ts';

const multiples = [2, 5] as const;
/** As long as a person plans ahead: a hundred years of traffic. */
const hoursMax = 100 * 8_766;

/**
 * Says before a rollout begins how long it takes at this traffic and what it will see by then, and refuses a plan that
 * could see nothing. All figures are such that they come true in about four of five rollouts: they are what the judging
 * functions say of what is expected, less 0.84 of its standard deviations.
 */
export function preflight(input: PreflightInput): Preflight {
  const { traffic, rollout } = input;
  const stretches = stretchesOf(rollout, traffic.rowsPerHour);
  const stepRows = rowsIn(stretches.slice(0, rollout.canary.length + 1));
  const planRows = rowsIn(stretches);
  const isOfErrors = rollout.failures.includes('error');
  const ahead: Ahead = { stretches, traffic, rollout, isOfErrors, isAlike: false };
  const isOfErrorsAlone = rollout.failures.every((kind) => kind === 'error');
  const alike: Ahead = { ...ahead, isOfErrors: isOfErrorsAlone, isAlike: true };
  const hoursOf = (rows: number): number | null => (traffic.rowsPerHour > 0 ? rows / traffic.rowsPerHour : null);
  const promotion =
    rollout.automaticPercentMax < 100
      ? null
      : promotionAhead({
          plan: rollout,
          spread: input.compared ?? leastSpread(rollout.promotion.metric),
          labels: traffic.labels,
          stepRows,
          planRows,
        });
  const told = {
    steps: stretches.map(({ name, rows }) => ({ name, rows, hours: hoursOf(rows) })),
    stepRows,
    planRows,
    planHours: hoursOf(planRows),
    harmBySteps: leastHarmSeen(ahead, stepRows),
    harmByDeadline: leastHarmSeen(ahead, planRows),
    forecasts: forecastsOf(alike, traffic.rowsPerHour),
    spend: rollout.excessFailuresMax === undefined ? null : spendOf(alike, planRows),
    waiting: waitingOf(input, stretches, promotion),
    promotion,
  };
  return { ...told, text: sayPreflight(input, told), refusal: refusalOf(input, told) };
}

/** As long as one that is as good takes to be proven, but no longer than the plan: a better one takes no longer. */
function waitingOf(
  { compared }: PreflightInput,
  stretches: readonly Stretch[],
  promotion: PromotionAhead | null,
): Preflight['waiting'] {
  if (promotion === null || compared === null || !(compared.estimate > 0)) return null;
  const planRows = rowsIn(stretches);
  const until = firstRows(stretches, Math.min(planRows, promotion.rows ?? planRows));
  const rows = until.reduce((sum, stretch) => sum + stretch.rows * (1 - stretch.weight), 0);
  return { rows: Math.round(rows), costPerRow: compared.estimate };
}

function forecastsOf(ahead: Ahead, rowsPerHour: number): readonly HarmForecast[] {
  const { failureRate } = ahead.traffic;
  const harmful = multiples.filter((multiple) => multiple > ahead.rollout.riskRatioMax);
  return harmful.map((riskRatio) => {
    const rows =
      failureRate === 0 ? null : rowsUntilSeen(ahead, Math.min(1, riskRatio * failureRate), rowsPerHour * hoursMax);
    return { riskRatio, rows, hours: rows === null ? null : rows / rowsPerHour };
  });
}

/** At the most that is accepted, and at multiples that are stopped: what each has cost by then. */
function spendOf(ahead: Ahead, planRows: number): readonly SpendForecast[] {
  const { failureRate } = ahead.traffic;
  if (failureRate === 0) return [];
  const { riskRatioMax } = ahead.rollout;
  const ratios = [...(riskRatioMax > 1 ? [riskRatioMax] : []), ...multiples.filter((ratio) => ratio > riskRatioMax)];
  return ratios.map((riskRatio) => {
    const rate = Math.min(1, riskRatio * failureRate);
    const stoppedAt = rowsUntilSeen(ahead, rate, planRows);
    return {
      riskRatio,
      isStopped: stoppedAt !== null,
      excessFailures: expectedExcess(ahead, rate, stoppedAt ?? planRows),
    };
  });
}
