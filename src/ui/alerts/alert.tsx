import type { AlertLine } from '../../db/pages/alerts.ts';
import { lastingAlertKinds } from '../../domain/record/closed-sets.ts';
import { parseOccasion } from '../../domain/record/occasion.ts';
import { ReasonForm } from '../form/reason-form.tsx';
import { refusalFor } from '../form/refusal.ts';
import type { PageCall } from '../frame/page-call.ts';
import { ago, modelPath, rolloutPath, runPath, time } from '../words/format.ts';
import { severityKind } from '../words/severity.ts';

/** One alert: what it is about, where its cause is shown, and the form to say that it has been seen to. */
export function Alert({ call, alert }: { readonly call: PageCall; readonly alert: AlertLine }) {
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

const qualityKinds: ReadonlySet<string> = new Set([
  'decay',
  'below-best',
  'slice-decay',
  'estimated-decay',
  'proxy-worse',
]);

/** Where the cause is shown, from the alert's business identity. */
function linksOf(alert: AlertLine): readonly (readonly [href: string, text: string])[] {
  const links: (readonly [string, string])[] = [[modelPath(alert.model), alert.model]];
  const about = parseOccasion(alert.subject);
  const { windowNumber: window } = alert;
  if (about?.of === 'rollout')
    links.push([rolloutPath(alert.model, about.version, about.attempt), `rollout of v${about.version}`]);
  if (alert.kind === 'drift' || alert.kind === 'label-drift') {
    const query = window === null ? '' : `?windows=${window + 1}&window=${window}`;
    links.push([`${modelPath(alert.model)}${query}#drift`, window === null ? 'drift' : `window ${window}`]);
  }
  if (qualityKinds.has(alert.kind)) links.push([`${modelPath(alert.model)}#quality`, 'quality']);
  if (lastingAlertKinds.some((kind) => kind === alert.kind))
    links.push([`${modelPath(alert.model)}#decisions`, 'what was decided']);
  if (about?.of === 'run') links.push([runPath(about.runId), about.runId]);
  return links;
}
