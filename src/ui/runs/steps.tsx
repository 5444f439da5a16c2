import type { RunShown } from '../../commands/pages/runs.ts';
import { time } from '../words/format.ts';

/** Steps that are listed; a long training has hundreds of heartbeats but few activities. */
export const stepsShownMax = 200;

/** What the run did, as Temporal recorded it. */
export function Steps({ shown }: { readonly shown: RunShown }) {
  const { steps } = shown;
  return (
    <section class="panel" id="steps" data-live="steps">
      <h2>Steps</h2>
      {steps === null ? (
        <p class="empty">
          Temporal did not answer within two seconds, or has forgotten this run. Everything else on this page stands in
          Postgres. Load the page again, or look at <code>perennial doctor</code>.
        </p>
      ) : steps.length === 0 ? (
        <p class="empty">
          {shown.page.run.kind === 'import' ? 'An import has no workflow.' : 'No step has begun yet.'}
        </p>
      ) : (
        <ol>
          {steps.slice(-stepsShownMax).map((step) => (
            <li>
              {step.name} <small class="dim">{time(step.at)}</small>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
