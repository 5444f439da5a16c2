import { authorise, hasFullScope } from '../../access/principal.ts';
import { isInScope } from '../../access/scope.ts';
import { portfolioOf } from '../../db/views/portfolio.ts';
import { listModelNames } from '../../db/models/specs.ts';
import { noCosts, type Portfolio } from '../../domain/record/portfolio.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext } from '../base/context.ts';

const dayMs = 86_400_000;
const periodDaysDefault = 30;
/** Ten years of windows in one sum are a report, not a page. */
const periodDaysMax = 3_660;
const namesMax = 10_000;

export interface PortfolioInput {
  /** Null for 30 days before `to`. */
  readonly from: Date | null;
  /** Null for now. */
  readonly to: Date | null;
}

/**
 * Value and cost of the models that the principal's scope covers. Throws `invalid_request` for a period that is none.
 */
export async function portfolio(context: CommandContext, input: PortfolioInput): Promise<Portfolio> {
  authorise(context.principal, 'read', null);
  const to = input.to ?? new Date();
  const from = input.from ?? new Date(to.getTime() - periodDaysDefault * dayMs);
  if (from >= to)
    throw new PerennialError(
      'invalid_request',
      `The period begins at ${from.toISOString()}, which is not before its end, ${to.toISOString()}.`,
      { path: 'from' },
    );
  if (to.getTime() - from.getTime() > periodDaysMax * dayMs)
    throw new PerennialError('invalid_request', `The period is longer than ${periodDaysMax} days.`, {
      path: 'from',
      hint: 'Ask for a shorter one.',
    });
  const { db } = context.database;
  const { principal } = context;
  const models = hasFullScope(principal)
    ? null
    : (await listModelNames(db, namesMax)).filter((name) => isInScope(principal.scope, name));
  return portfolioOf(db, { models, from, to }, context.costs ?? noCosts);
}
