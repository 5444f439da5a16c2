import type { Portfolio } from '../../domain/record/portfolio.ts';
import { duration, many, money, number } from '../words/format.ts';
import { Against } from './against.tsx';

const hourMs = 3_600_000;

/** One panel per currency: money of two currencies is never added. */
export function Totals({ portfolio }: { readonly portfolio: Portfolio }) {
  return (
    <div class="grid">
      {portfolio.totals.map((total) => (
        <section class="panel">
          <h2>
            {many(total.models, 'model')} in {total.currency}
          </h2>
          <p class="figure">{money(total.value, total.currency)}</p>
          <p class="small dim">
            {total.value < 0 ? 'lost by' : 'brought in by'} the answers whose outcome is known (
            {number(total.labelledRows)} of them)
          </p>
          <Against
            difference={total.differenceToNeverRetrained}
            comparedRows={total.comparedRows}
            currency={total.currency}
            label={`all models in ${total.currency}`}
          />
        </section>
      ))}
      <Cost portfolio={portfolio} />
    </div>
  );
}

function Cost({ portfolio }: { readonly portfolio: Portfolio }) {
  const { platformCost } = portfolio;
  const trained = duration(portfolio.trainingHours * hourMs);
  const answered = duration(portfolio.servedHours * hourMs);
  return (
    <section class="panel">
      <h2>What the platform cost</h2>
      <p class="figure">{platformCost === null ? trained : money(platformCost.amount, platformCost.currency)}</p>
      {platformCost === null ? (
        <p class="small dim">
          of training, and {answered} of answering, all models together. To see money here, say what an hour costs:
          <CostSettings />
        </p>
      ) : (
        <p class="small dim">
          for {trained} of training and {answered} of answering, all models together. It is not taken off the values
          beside it.
        </p>
      )}
    </section>
  );
}

function CostSettings() {
  return (
    <>
      {' '}
      <code>PERENNIAL_COST_PER_TRAINING_HOUR</code>, <code>PERENNIAL_COST_PER_SERVING_HOUR</code> and{' '}
      <code>PERENNIAL_COST_CURRENCY</code>.
    </>
  );
}
