import type { Difference, Portfolio, PortfolioModel } from '../../domain/record/portfolio.ts';
import { Interval } from '../charts/bars.tsx';
import { duration, many, modelPath, money, moneyDifference, number, percent, time } from '../format.ts';
import { Layout } from '../layout.tsx';
import type { PageCall } from '../secured-page.tsx';
import { State } from '../runs/state.tsx';

const hourMs = 3_600_000;

export interface PortfolioPageProps {
  readonly call: PageCall;
  readonly days: number | null;
  readonly portfolio: Portfolio;
}

/** Periods that are one click away. */
export const periodsDays = [7, 30, 90, 365] as const;

/** What the models are worth, for somebody who pays for them: money, how sure it is, and what it is compared with. */
export function PortfolioPage({ call, days, portfolio }: PortfolioPageProps) {
  const valued = portfolio.models.filter((row) => row.currency !== null);
  const without = portfolio.models.filter((row) => row.currency === null);
  return (
    <Layout call={call} title="Portfolio" section="portfolio">
      <div class="row spread">
        <h1>What the models are worth</h1>
        <a href={`/portfolio/export?${periodText(portfolio, days)}`}>export as CSV</a>
      </div>
      <Period portfolio={portfolio} days={days} />
      {portfolio.models.length === 0 ? (
        <p class="empty">There is no model yet. Once one is applied and answers requests, its value stands here.</p>
      ) : (
        <>
          <Totals portfolio={portfolio} />
          <section class="panel" id="models">
            <h2>Model by model</h2>
            {valued.length === 0 ? (
              <p class="empty">No model says yet what its decisions are worth.</p>
            ) : (
              <Models rows={valued} costCurrency={portfolio.platformCost?.currency ?? null} />
            )}
          </section>
          <Undeclared rows={without} />
          <Notes portfolio={portfolio} />
        </>
      )}
      {portfolio.isCut ? (
        <p class="small dim">Only the first {number(portfolio.models.length)} models by name are summed.</p>
      ) : null}
    </Layout>
  );
}

function periodText(portfolio: Portfolio, days: number | null): string {
  return days === null ? new URLSearchParams({ from: portfolio.from, to: portfolio.to }).toString() : `days=${days}`;
}

function Period({ portfolio, days }: { readonly portfolio: Portfolio; readonly days: number | null }) {
  return (
    <form class="filters" method="get" action="/portfolio">
      <nav class="row" aria-label="Period">
        {periodsDays.map((length) => (
          <a
            class="button quiet"
            href={`/portfolio?days=${length}`}
            aria-current={length === days ? 'true' : undefined}
          >
            {length === 365 ? '1 year' : `${length} days`}
          </a>
        ))}
      </nav>
      <label>
        From (UTC)
        <input type="date" name="from" required value={portfolio.from.slice(0, 10)} />
      </label>
      <label>
        To (UTC)
        <input type="date" name="to" required value={portfolio.to.slice(0, 10)} />
      </label>
      <button type="submit" class="quiet">
        Show
      </button>
      <span class="small dim">
        {time(portfolio.from)} to {time(portfolio.to)}
      </span>
    </form>
  );
}

/** One panel per currency: money of two currencies is never added. */
function Totals({ portfolio }: { readonly portfolio: Portfolio }) {
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
      <section class="panel">
        <h2>What the platform cost</h2>
        {portfolio.platformCost === null ? (
          <>
            <p class="figure">{duration(portfolio.trainingHours * hourMs)}</p>
            <p class="small dim">
              of training, and {duration(portfolio.servedHours * hourMs)} of answering, all models together. To see
              money here, say what an hour costs: <code>PERENNIAL_COST_PER_TRAINING_HOUR</code>,{' '}
              <code>PERENNIAL_COST_PER_SERVING_HOUR</code> and <code>PERENNIAL_COST_CURRENCY</code>.
            </p>
          </>
        ) : (
          <>
            <p class="figure">{money(portfolio.platformCost.amount, portfolio.platformCost.currency)}</p>
            <p class="small dim">
              for {duration(portfolio.trainingHours * hourMs)} of training and{' '}
              {duration(portfolio.servedHours * hourMs)} of answering, all models together. It is not taken off the
              values beside it.
            </p>
          </>
        )}
      </section>
    </div>
  );
}

interface AgainstProps {
  readonly difference: Difference | null;
  readonly comparedRows: number;
  readonly currency: string;
  readonly label: string;
}

/** Retraining against having left the first version alone: an estimate, how sure it is, and a plain word. */
function Against({ difference, comparedRows, currency, label }: AgainstProps) {
  if (difference === null) return <p class="small dim">Not yet compared with never having renewed the model.</p>;
  if (difference.low === 0 && difference.high === 0)
    return <p class="small dim">No difference to never having renewed the model: the first version still answers.</p>;
  return (
    <>
      <p>
        <b>{moneyDifference(difference.estimate, currency)}</b> against never having renewed{' '}
        {label === '' ? 'it' : 'them'}, on {number(comparedRows)} answers. {verdictOf(difference)}
      </p>
      <Interval
        label={`Difference to never renewing, ${label}`}
        low={difference.low}
        estimate={difference.estimate}
        high={difference.high}
        zero={0}
        unit={currency}
      />
      <p class="small dim">
        Very likely (95 %) between {moneyDifference(difference.low, currency)} and{' '}
        {moneyDifference(difference.high, currency)}; the upright line is no difference.
      </p>
    </>
  );
}

export function wordOf(difference: Difference): 'paid off' | 'cost money' | 'not clear yet' {
  return difference.low > 0 ? 'paid off' : difference.high < 0 ? 'cost money' : 'not clear yet';
}

function verdictOf(difference: Difference) {
  const word = wordOf(difference);
  return <State of={{ 'paid off': 'pass', 'cost money': 'fail', 'not clear yet': 'insufficient' }[word]} text={word} />;
}

function Models({
  rows,
  costCurrency,
}: {
  readonly rows: readonly PortfolioModel[];
  readonly costCurrency: string | null;
}) {
  return (
    <div class="scroll" tabindex={0} role="group" aria-label="Value by model">
      <table>
        <thead>
          <tr>
            <th>model</th>
            <th class="num">brought in</th>
            <th>renewing it</th>
            <th class="num">outcomes known</th>
            <th class="num">answers given</th>
            <th class="num">trained</th>
            <th class="num">platform cost</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              <td class="wide">
                <b>
                  <a href={modelPath(row.model)}>{row.model}</a>
                </b>
                <br />
                <small class="dim">
                  {row.useCase} {row.owner === '' ? '' : `(${row.owner})`}
                </small>
              </td>
              <td class="num">
                {row.value === null || row.currency === null ? (
                  <small class="dim">no outcome yet</small>
                ) : (
                  money(row.value, row.currency)
                )}
              </td>
              <td class="wide">
                <Against
                  difference={row.differenceToNeverRetrained}
                  comparedRows={row.comparedRows}
                  currency={row.currency ?? ''}
                  label=""
                />
              </td>
              <td class="num">{percent(row.labelCoverage)}</td>
              <td class="num">{number(row.predictions)}</td>
              <td class="num">
                {many(row.trainings, 'time')}
                <br />
                <small class="dim">{duration(row.trainingHours * hourMs)}</small>
              </td>
              <td class="num">
                {row.platformCost === null || costCurrency === null ? '—' : money(row.platformCost, costCurrency)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Undeclared({ rows }: { readonly rows: readonly PortfolioModel[] }) {
  if (rows.length === 0) return null;
  return (
    <section class="panel" id="undeclared">
      <h2>{many(rows.length, 'model')} without a value</h2>
      <p>
        Nobody has said what a right and a wrong decision of these is worth, so nothing can be summed. Their owner may
        add <code>value</code> to the definition: a currency, and what each of the four outcomes (a justified yes, a
        false alarm, a justified no, a miss) brings or costs; then <code>perennial apply</code>.
      </p>
      <ul>
        {rows.map((row) => (
          <li>
            <a href={modelPath(row.model)}>{row.model}</a> {row.useCase}
            {row.owner === '' ? '' : `, ${row.owner}`}: {many(row.predictions, 'answer')} given,{' '}
            {many(row.trainings, 'training')}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Notes({ portfolio }: { readonly portfolio: Portfolio }) {
  return (
    <section class="panel" id="notes">
      <h2>How to read this</h2>
      <ul>
        <li>
          “Brought in” adds up what the answers turned out to be worth, by the amounts that the owner declared. Only
          answers whose outcome is known count; nothing is guessed for the others.
        </li>
        <li>
          “Renewing it” compares with the first version, asked the same questions and left alone ever since. “Not clear
          yet” means that chance could explain the difference.
        </li>
        <li>
          Amounts in different currencies are never added
          {portfolio.totals.length > 1 ? `, which is why there are ${portfolio.totals.length} sums` : ''}.
        </li>
      </ul>
    </section>
  );
}
