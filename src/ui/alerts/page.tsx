import { alertsPage, type AlertsView } from '../../commands/pages/alerts.ts';
import { alertSeverities, type AlertSeverity } from '../../domain/record/closed-sets.ts';
import { Choice } from '../form/choice.tsx';
import { Layout } from '../frame/layout.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { render } from '../frame/render.ts';
import { Alert } from './alert.tsx';

const freshSeconds = 15;
const pagesMax = 200;

interface Asked {
  readonly model: string | null;
  readonly severity: AlertSeverity | null;
  readonly kind: string | null;
  readonly state: 'open' | 'closed';
  readonly page: number;
}

/** What needs attention now, and what did. */
export async function alertsList(call: PageCall): Promise<Response> {
  const asked: Asked = {
    model: call.query('model') || null,
    severity: alertSeverities.find((severity) => severity === call.query('severity')) ?? null,
    kind: call.query('kind') || null,
    state: call.query('state') === 'closed' ? 'closed' : 'open',
    page: Math.min(pagesMax, Math.max(1, Number.parseInt(call.query('page') ?? '1', 10) || 1)),
  };
  const view = await alertsPage(call.command, asked);
  return render(
    <Layout call={call} title="Alerts" section="alerts" freshSeconds={freshSeconds}>
      <h1>Alerts</h1>
      <Filters asked={asked} view={view} />
      <div data-live="alerts">
        {view.alerts.length === 0 ? <Nothing asked={asked} /> : null}
        {view.alerts.map((alert) => (
          <Alert call={call} alert={alert} />
        ))}
        <Pager asked={asked} view={view} />
      </div>
    </Layout>,
  );
}

function Filters({ asked, view }: { readonly asked: Asked; readonly view: AlertsView }) {
  return (
    <form class="filters" method="get" action="/alerts" role="search">
      <label>
        Model
        <input type="search" name="model" value={asked.model ?? ''} placeholder="any" />
      </label>
      <Choice label="State" name="state" values={['open', 'closed']} chosen={asked.state} hasAny={false} />
      <Choice label="Severity" name="severity" values={alertSeverities.toReversed()} chosen={asked.severity} />
      <Choice label="Kind" name="kind" values={view.kinds} chosen={asked.kind} />
      <button type="submit" class="quiet">
        Apply
      </button>
    </form>
  );
}

function Nothing({ asked }: { readonly asked: Asked }) {
  const isFiltered = asked.model !== null || asked.severity !== null || asked.kind !== null;
  return (
    <p class="empty">
      {asked.state === 'open' ? 'No open alert' : 'No closed alert'}
      {isFiltered ? ' with these filters. ' : '. '}
      {asked.state === 'open' ? (
        <>
          Alerts open when a window has drifted or decayed, when a rollout waits or is thrown back, and when a run
          fails. <a href="/alerts?state=closed">Look at those that were closed.</a>
        </>
      ) : (
        <a href="/alerts">Look at the open ones.</a>
      )}
    </p>
  );
}

function Pager({ asked, view }: { readonly asked: Asked; readonly view: AlertsView }) {
  const to = (page: number): string => {
    const query = new URLSearchParams({ state: asked.state, page: String(page) });
    if (asked.model !== null) query.set('model', asked.model);
    if (asked.severity !== null) query.set('severity', asked.severity);
    if (asked.kind !== null) query.set('kind', asked.kind);
    return `/alerts?${query.toString()}`;
  };
  if (asked.page === 1 && !view.hasNext) return null;
  return (
    <nav class="pages" aria-label="Pages of alerts">
      {asked.page > 1 ? <a href={to(asked.page - 1)}>Previous</a> : null}
      <span>page {asked.page}</span>
      {view.hasNext ? <a href={to(asked.page + 1)}>Next</a> : null}
    </nav>
  );
}
