import type { Portfolio } from '../../domain/record/portfolio.ts';
import { attachment } from '../download/attachment.ts';
import { csvLine } from '../download/csv.ts';

const columns = [
  'from',
  'to',
  'model',
  'owner',
  'useCase',
  'currency',
  'value',
  'againstNeverRetrained',
  'againstLow95',
  'againstHigh95',
  'comparedAnswers',
  'answersWithOutcome',
  'outcomesKnownShare',
  'answers',
  'trainings',
  'trainingHours',
  'servedHours',
  'platformCost',
  'platformCostCurrency',
] as const;

/** The table of the page as a file; empty cells are what is not known, never zero. */
export function portfolioFile(portfolio: Portfolio): Response {
  const costCurrency = portfolio.platformCost?.currency ?? null;
  const lines = portfolio.models.map((row) => {
    const difference = row.differenceToNeverRetrained;
    return csvLine([
      portfolio.from,
      portfolio.to,
      row.model,
      row.owner,
      row.useCase,
      row.currency,
      row.currency === null ? null : row.value,
      difference?.estimate ?? null,
      difference?.low ?? null,
      difference?.high ?? null,
      row.comparedRows,
      row.labelledRows,
      row.labelCoverage,
      row.predictions,
      row.trainings,
      row.trainingHours,
      row.servedHours,
      row.platformCost,
      costCurrency,
    ]);
  });
  const name = `perennial-portfolio-${portfolio.from.slice(0, 10)}-${portfolio.to.slice(0, 10)}.csv`;
  return attachment(name, 'text/csv; charset=utf-8', [csvLine(columns), ...lines].join(''));
}
