import type { Portfolio } from '../../domain/record/portfolio.ts';
import { Layout } from '../frame/layout.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { number, time } from '../words/format.ts';
import { Models } from './models.tsx';
import { Notes } from './notes.tsx';
import { Totals } from './totals.tsx';
import { Undeclared } from './undeclared.tsx';

export interface PortfolioPageProps {
  readonly call: PageCall;
  readonly days: number | null;
  readonly portfolio: Portfolio;
}

/** Periods that are one click away. */
const periodsDays = [7, 30, 90, 365] as const;

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
