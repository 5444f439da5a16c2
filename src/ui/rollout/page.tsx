import type { RolloutShown } from '../../commands/pages/rollout.ts';
import type { RolloutPage } from '../../db/pages/rollout.ts';
import { titleOf } from '../../domain/metrics/metrics.ts';
import { isOpenRollout } from '../../domain/rollout/routing.ts';
import { describeStep } from '../../domain/rollout/rollout-plan.ts';
import { StepBar } from '../charts/step-bar.tsx';
import { Layout } from '../frame/layout.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { duration, modelPath, rolloutPath, time, versionPath } from '../words/format.ts';
import { State } from '../words/state.tsx';
import { Decide } from './decide.tsx';
import { Evidence } from './evidence.tsx';
import { explain } from './explain.ts';
import { Exposure } from './exposure.tsx';
import { Failures } from './failures.tsx';
import { Next } from './next.tsx';
import { Paired } from './paired.tsx';
import { Plan } from './plan.tsx';

/** One rollout: what is tried, how it goes, what comes next, and who may say so. */
export function RolloutView({ call, shown }: { readonly call: PageCall; readonly shown: RolloutShown }) {
  const { page } = shown;
  const { key, row } = page;
  const isOpen = isOpenRollout(row.status);
  return (
    <Layout
      call={call}
      title={`Rollout of ${key.model} v${key.version}`}
      section="rollouts"
      crumbs={[
        { text: 'Rollouts', href: '/rollouts' },
        { text: key.model, href: modelPath(key.model) },
        { text: `v${key.version}, attempt ${key.attempt}` },
      ]}
      {...(isOpen ? { freshSeconds: 10 } : {})}
    >
      <Head page={page} />
      <Standing page={page} />
      <Story page={page} />
      {isOpen ? <Next shown={shown} /> : null}
      {isOpen || row.status === 'promoted' ? <Decide call={call} shown={shown} /> : null}
      <div class="grid two" data-live="evidence">
        <Evidence page={page} />
        <Failures page={page} />
        <Exposure page={page} />
        <Paired page={page} />
      </div>
      <Plan shown={shown} />
    </Layout>
  );
}

function Head({ page }: { readonly page: RolloutPage }) {
  const { key, row } = page;
  return (
    <div class="row spread">
      <h1>
        Rollout of {key.model} <a href={versionPath(key.model, key.version)}>v{key.version}</a>
        {row.baseVersion === null ? null : (
          <>
            {' '}
            over <a href={versionPath(key.model, row.baseVersion)}>v{row.baseVersion}</a>
          </>
        )}
      </h1>
      <Attempts page={page} />
    </div>
  );
}

function Standing({ page }: { readonly page: RolloutPage }) {
  const { row } = page;
  return (
    <div data-live="state">
      <p class="row">
        <State of={row.status} />
        <span class="dim">
          begun {time(row.startedAt)}
          {row.endedAt === null ? (
            ''
          ) : (
            <>
              , ended {time(row.endedAt)} after {duration(row.endedAt.getTime() - row.startedAt.getTime())}
            </>
          )}
        </span>
      </p>
      <StepBar
        steps={[
          ...page.steps.map((step) => ({ name: step.name, detail: describeStep(step) })),
          { name: 'paired evidence', detail: titleOf(page.plan.promotion.metric) },
          { name: 'champion' },
        ]}
        {...where(page)}
      />
    </div>
  );
}

function Story({ page }: { readonly page: RolloutPage }) {
  const { row } = page;
  return (
    <section class="panel" id="story" data-live="story">
      <h2>What happened</h2>
      {explain(page).map((sentence) => (
        <p>{sentence}</p>
      ))}
      {row.evidenceId === null ? null : (
        <p class="small">
          <a href={`/audit/evidence?id=${row.evidenceId}`}>The evidence that decided it ({row.evidenceId})</a>
        </p>
      )}
    </section>
  );
}

/** The step that goes on, or the one where it ended; after the canary come the wait for pairs and the end. */
function where({ row, steps }: RolloutPage): { at: number; state: 'active' | 'held' | 'failed' | 'done' } {
  if (row.status === 'promoted') return { at: steps.length + 2, state: 'done' };
  const at = Math.min(steps.length, row.step ?? 0);
  return { at, state: row.status === 'held' ? 'held' : row.status === 'rolled-back' ? 'failed' : 'active' };
}

function Attempts({ page }: { readonly page: RolloutPage }) {
  if (page.attempts.length < 2) return null;
  return (
    <nav class="row" aria-label="Attempts">
      {page.attempts.map((attempt) => (
        <a
          href={rolloutPath(page.key.model, page.key.version, attempt)}
          aria-current={attempt === page.key.attempt ? 'page' : undefined}
        >
          attempt {attempt}
        </a>
      ))}
    </nav>
  );
}
