import { randomUUID } from 'node:crypto';
import type { RunShown } from '../../commands/pages/runs.ts';
import { duration, modelPath, rolloutPath, time, versionPath } from '../format.ts';
import { Layout } from '../layout.tsx';
import { ReasonForm } from '../reason-form.tsx';
import type { PageCall } from '../secured-page.tsx';
import { Digest, Fact, State } from './state.tsx';

/** Steps that are listed; a long training has hundreds of heartbeats but few activities. */
const stepsShownMax = 200;

/** One run: what started it, its steps, what came of it, and how to start it again. */
export function RunView({ call, shown }: { readonly call: PageCall; readonly shown: RunShown }) {
  const { page } = shown;
  const { run } = page;
  return (
    <Layout
      call={call}
      title={run.runId}
      section="runs"
      crumbs={[
        { text: 'Runs', href: '/runs' },
        { text: run.model, href: `/runs?model=${encodeURIComponent(run.model)}` },
        { text: run.runId },
      ]}
      {...(run.status === 'running' ? { freshSeconds: 5 } : {})}
    >
      <div class="row spread">
        <h1>{run.runId}</h1>
        <nav class="row" aria-label="Elsewhere">
          <a href={shown.link}>open in Temporal</a>
          {page.previousRunId === null ? null : (
            <a href={`/runs/compare?a=${encodeURIComponent(page.previousRunId)}&b=${encodeURIComponent(run.runId)}`}>
              compare with {page.previousRunId}
            </a>
          )}
        </nav>
      </div>
      <p class="row" data-live="state">
        <State of={run.status} />
        <span>{run.detail ?? ''}</span>
      </p>
      <section class="panel" data-live="outcome">
        <dl class="facts">
          <Fact name="Model">
            <a href={modelPath(run.model)}>{run.model}</a>
          </Fact>
          <Fact name="Kind">{run.kind}</Fact>
          <Fact name="Started by">{run.trigger ?? '—'}</Fact>
          <Fact name="Started">{time(run.startedAt)}</Fact>
          <Fact name="Ended">{run.endedAt === null ? 'not yet' : time(run.endedAt)}</Fact>
          <Fact name="Took">
            {duration((run.endedAt ?? new Date()).getTime() - run.startedAt.getTime())}
            {run.endedAt === null ? ' so far' : ''}
          </Fact>
        </dl>
        <Outcome shown={shown} />
      </section>
      <Steps shown={shown} />
      <Again call={call} shown={shown} />
      <section class="panel" id="data">
        <h2>What went in and came out</h2>
        <details class="fold">
          <summary>Input</summary>
          <pre tabindex={0}>{JSON.stringify(run.input, null, 2)}</pre>
        </details>
        <details class="fold">
          <summary>Output</summary>
          <pre tabindex={0}>{run.output === null ? 'none yet' : JSON.stringify(run.output, null, 2)}</pre>
        </details>
      </section>
    </Layout>
  );
}

function Outcome({ shown }: { readonly shown: RunShown }) {
  const { run, version, decision, alert } = shown.page;
  const digest = run.output?.['snapshot'];
  const number = Number(run.input['version']);
  const attempt = Number(run.input['attempt']);
  return (
    <>
      {decision === null ? null : (
        <p>
          <b>Why it was started:</b> {decision.reason} <a href={`${modelPath(run.model)}#decisions`}>{decision.key}</a>
        </p>
      )}
      {version === null ? null : (
        <p>
          <b>It made</b> <a href={versionPath(run.model, version.version)}>v{version.version}</a>{' '}
          <State of={version.status} />
        </p>
      )}
      {typeof digest === 'string' ? (
        <p>
          <b>It made the snapshot</b> <Digest of={digest} href={`/snapshots/${digest}`} />
        </p>
      ) : null}
      {run.kind === 'rollout' && Number.isInteger(number) && Number.isInteger(attempt) ? (
        <p>
          <b>Its page:</b> <a href={rolloutPath(run.model, number, attempt)}>rollout of v{number}</a>
        </p>
      ) : null}
      {run.kind === 'guard' && Number.isInteger(number) ? (
        <p>
          <b>It watches</b> <a href={versionPath(run.model, number)}>v{number}</a>
        </p>
      ) : null}
      {alert === null ? null : (
        <p>
          <b>{alert.title}:</b> {alert.body} <a href="/alerts">alerts</a>
        </p>
      )}
    </>
  );
}

function Steps({ shown }: { readonly shown: RunShown }) {
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

/** Only what failed or hangs can be begun again: what is done would be found done. */
function Again({ call, shown }: { readonly call: PageCall; readonly shown: RunShown }) {
  const { run } = shown.page;
  const steps = shown.steps ?? [];
  const refusedBecause = !shown.canOperate
    ? `This needs the role operator or admin; you have ${call.principal.role}.`
    : shown.steps === null
      ? 'Temporal does not answer; its history is needed to start again from.'
      : steps.length === 0
        ? 'It has no step to begin before.'
        : run.status === 'completed'
          ? 'It has ended well: everything it does is keyed by what it is about, so what is done would only be found ' +
            'done. Retrain from the page of the model instead.'
          : run.status === 'lost'
            ? 'Temporal does not know it any more.'
            : null;
  return (
    <section class="panel" id="again">
      <h2>Run it again</h2>
      <div class="actions">
        <ReasonForm
          call={call}
          label="Re-run from a step"
          about="Temporal resets the run to before the chosen step and goes on from there. What came earlier is kept."
          to={`/runs/reset?id=${encodeURIComponent(run.runId)}`}
          confirm={`Run ${run.runId} again from the chosen step?`}
          refusedBecause={refusedBecause}
          hidden={{ key: randomUUID() }}
        >
          <label>
            From before
            <select name="before" required>
              {steps.slice(-stepsShownMax).map((step) => (
                <option value={String(step.eventId)}>
                  {step.name} (event {step.eventId})
                </option>
              ))}
            </select>
          </label>
        </ReasonForm>
      </div>
    </section>
  );
}
