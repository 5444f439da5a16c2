import type { RunShown } from '../../commands/pages/runs.ts';
import { duration, modelPath, time } from '../words/format.ts';
import { Layout } from '../frame/layout.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { Fact, State } from '../words/state.tsx';
import { UserSteps } from '../words/user-steps.tsx';
import { Again } from './again.tsx';
import { Outcome } from './outcome.tsx';
import { Steps } from './steps.tsx';
import { Trials } from './trials/panel.tsx';

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
        <Facts shown={shown} />
        <Outcome shown={shown} />
      </section>
      <UserSteps calls={page.userSteps} />
      <Trials shown={shown} />
      <Steps shown={shown} />
      <Again call={call} shown={shown} />
      <InAndOut shown={shown} />
    </Layout>
  );
}

function Facts({ shown }: { readonly shown: RunShown }) {
  const { run } = shown.page;
  return (
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
  );
}

function InAndOut({ shown }: { readonly shown: RunShown }) {
  const { run } = shown.page;
  return (
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
  );
}
