import { parseOccasion } from '../../domain/record/occasion.ts';
import { alertSeverities, lastingAlertKinds, type AlertSeverity } from '../../domain/record/closed-sets.ts';
import { alertsPage, type AlertsView } from '../../commands/pages/alerts.ts';
import type { AlertLine } from '../../db/pages/alerts.ts';
import { ago, modelPath, rolloutPath, runPath, time } from '../words/format.ts';
import { Choice } from '../form/choice.tsx';
import { Layout } from '../frame/layout.tsx';
import { render } from '../frame/render.ts';
import { refusalFor } from '../form/refusal.ts';
import { severityKind } from '../words/severity.ts';
import { ReasonForm } from '../form/reason-form.tsx';
import type { PageCall } from '../frame/page-call.ts';

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

function Alert({ call, alert }: { readonly call: PageCall; readonly alert: AlertLine }) {
  return (
    <article class="panel" id={`alert-${alert.alertId}`}>
      <div class="row spread">
        <h2>
          <span class={`state ${severityKind(alert.severity)}`}>{alert.severity}</span> {alert.title}
        </h2>
        <span class="small dim">
          {alert.kind}, opened {time(alert.openedAt)} ({ago(alert.openedAt)} ago)
        </span>
      </div>
      <p>{alert.body}</p>
      <p class="small row">
        {linksOf(alert).map(([href, text]) => (
          <a href={href}>{text}</a>
        ))}
      </p>
      {alert.closedAt === null ? (
        <ReasonForm
          call={call}
          label="Close"
          about="Says that a person has seen to it. It rings again when the condition comes back."
          to={`/alerts/${alert.alertId}/close`}
          refusedBecause={refusalFor(call.principal, 'operate', alert.model)}
        />
      ) : (
        <p class="small dim">
          Closed {time(alert.closedAt)}{' '}
          {alert.closedBy === null
            ? 'by itself: the condition was over'
            : `by ${alert.closedBy}: ${alert.closedReason ?? ''}`}
        </p>
      )}
    </article>
  );
}

/** Where the cause is shown, from the alert's business identity. */
function linksOf(alert: AlertLine): readonly (readonly [href: string, text: string])[] {
  const links: (readonly [string, string])[] = [[modelPath(alert.model), alert.model]];
  const about = parseOccasion(alert.subject);
  const { windowNumber: window } = alert;
  if (about?.of === 'rollout')
    links.push([rolloutPath(alert.model, about.version, about.attempt), `rollout of v${about.version}`]);
  if (alert.kind === 'drift') {
    const query = window === null ? '' : `?windows=${window + 1}&window=${window}`;
    links.push([`${modelPath(alert.model)}${query}#drift`, window === null ? 'drift' : `window ${window}`]);
  }
  if (alert.kind === 'decay') links.push([`${modelPath(alert.model)}#quality`, 'quality']);
  if (lastingAlertKinds.some((kind) => kind === alert.kind))
    links.push([`${modelPath(alert.model)}#decisions`, 'what was decided']);
  if (about?.of === 'run') links.push([runPath(about.runId), about.runId]);
  return links;
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
