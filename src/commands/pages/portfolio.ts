import type { Portfolio } from '../../domain/record/portfolio.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext } from '../base/context.ts';
import { portfolio } from '../record/portfolio.ts';
import { dayOf } from './runs.ts';

const dayMs = 86_400_000;
const daysDefault = 30;
const daysMax = 3_660;

export interface PeriodQuery {
  readonly days: string | null;
  readonly from: string | null;
  readonly to: string | null;
}

/** The portfolio of a period: the last days, or two days with both of them inside. Scope is applied by the verb. */
export async function portfolioShown(
  context: CommandContext,
  query: PeriodQuery,
): Promise<{ readonly portfolio: Portfolio; readonly days: number | null }> {
  const from = dayOf(query.from, 'from');
  const to = dayOf(query.to, 'to');
  if (from !== null || to !== null) {
    // A day as an end is meant whole.
    const end = to === null ? null : query.to?.length === 10 ? new Date(to.getTime() + dayMs) : to;
    return { portfolio: await portfolio(context, { from, to: end }), days: null };
  }
  const days = query.days === null ? daysDefault : Number(query.days);
  if (!Number.isInteger(days) || days < 1 || days > daysMax)
    throw new PerennialError('invalid_request', `A period is 1 to ${daysMax} days.`, {
      path: 'days',
      hint: 'Choose one at /portfolio.',
    });
  const now = new Date();
  return { portfolio: await portfolio(context, { from: new Date(now.getTime() - days * dayMs), to: now }), days };
}
