import { randomUUID } from 'node:crypto';
import type { RolloutShown } from '../../commands/pages/rollout.ts';
import type { RolloutPage } from '../../db/pages/rollout.ts';
import { describeExtent } from '../../domain/words/extent.ts';
import { titleOf } from '../../domain/metrics/metrics.ts';
import { StepBar } from '../charts/step-bar.tsx';
import { duration, modelPath, number, percent, rolloutPath, time, versionPath } from '../format.ts';
import { Layout } from '../layout.tsx';
import { ReasonForm } from '../reason-form.tsx';
import type { PageCall } from '../secured-page.tsx';
import { Fact, State } from '../runs/state.tsx';
import { Evidence, Exposure, Failures, Paired } from './evidence.tsx';
import { explain, listed } from './explain.ts';

/** One rollout: what is tried, how it goes, what comes next, and who may say so. */
export function RolloutView({ call, shown }: { readonly call: PageCall; readonly shown: RolloutShown }) {
  const { page } = shown;
  const { key, row } = page;
  const isOpen = row.status === 'active' || row.status === 'held';
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
            ...page.steps.map((step) => ({ name: step.name, detail: describeExtent(step.extent) })),
            { name: 'paired evidence', detail: titleOf(page.plan.promotion.metric) },
            { name: 'champion' },
          ]}
          {...where(page)}
        />
      </div>
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

/** What moves it on, by when, and who has a say. */
function Next({ shown }: { readonly shown: RolloutShown }) {
  const { page, frozen, deciders } = shown;
  const { row, plan, key } = page;
  const heldUntil =
    row.status === 'held' && row.heldSince !== null ? new Date(row.heldSince.getTime() + plan.holdMsMax) : null;
  const bound =
    plan.automaticPercentMax >= 100
      ? 'By its plan it may become champion without a person.'
      : `By its plan no more than ${number(plan.automaticPercentMax)} % of traffic is reached without a person: the ` +
        `last move needs an approval.`;
  return (
    <section class="panel" id="next" data-live="next">
      <h2>What happens next</h2>
      <p>
        {row.status === 'held'
          ? 'It waits for a person to approve or abort.'
          : `It waits for ${page.waitsFor ?? 'its next step'}.`}{' '}
        {heldUntil === null ? null : (
          <>Without an answer by {time(heldUntil)} it is rolled back and the slot is free.</>
        )}
      </p>
      {frozen === null ? null : (
        <p>
          <b>Frozen</b> by {frozen.actor}: “{frozen.reason}”. It does not advance until somebody thaws it; harm still
          takes it out.
        </p>
      )}
      <p>{bound}</p>
      <p>
        Approve or abort: whoever has a token of the role {listed(deciders, 'or')} whose scope covers{' '}
        <code>{key.model}</code>. {shown.canDecide ? 'You may.' : 'Yours is for reading; ask one of them.'} If the
        challenger does harm it is taken out without anybody, within seconds.
      </p>
      {page.preflight === null ? null : <p class="small dim">Forecast at its start: {page.preflight.text}</p>}
    </section>
  );
}

function Decide({ call, shown }: { readonly call: PageCall; readonly shown: RolloutShown }) {
  const { page, deciders } = shown;
  const { key, row } = page;
  const path = rolloutPath(key.model, key.version, key.attempt);
  const refusedBecause = shown.canDecide
    ? null
    : `This needs the role ${listed(deciders, 'or')}; you have ${call.principal.role}.`;
  const fields = () => ({ key: randomUUID() });
  if (row.status === 'promoted') {
    return (
      <section class="panel" id="decide">
        <h2>Take it back</h2>
        <div class="actions">
          <ReasonForm
            call={call}
            label={row.baseVersion === null ? 'Roll back' : `Roll back to v${row.baseVersion}`}
            about={
              'The champion moves back at once; nothing is retrained. ' +
              'Only possible while the earlier version was released.'
            }
            to={`${path}/rollback`}
            confirm={
              `Take v${key.version} of ${key.model} out and let ` +
              `${row.baseVersion === null ? 'the champion before it' : `v${row.baseVersion}`} answer everything?`
            }
            refusedBecause={
              refusedBecause ?? (row.baseVersion === null ? 'There was no champion before this one.' : null)
            }
            hidden={fields()}
          />
        </div>
      </section>
    );
  }
  return (
    <section class="panel" id="decide">
      <h2>Decide</h2>
      <div class="actions">
        <ReasonForm
          call={call}
          label="Approve"
          about={`v${key.version} becomes champion now, whatever step it is at.`}
          to={`${path}/approve`}
          refusedBecause={refusedBecause}
          hidden={fields()}
        />
        <ReasonForm
          call={call}
          label="Abort"
          about={
            `v${key.version} is taken out within seconds; ` +
            `${row.baseVersion === null ? 'nobody' : `v${row.baseVersion}`} answers everything again.`
          }
          to={`${path}/abort`}
          confirm={`Take v${key.version} of ${key.model} out?`}
          refusedBecause={refusedBecause}
          hidden={fields()}
        />
      </div>
    </section>
  );
}

function Plan({ shown }: { readonly shown: RolloutShown }) {
  const { plan, row } = shown.page;
  return (
    <section class="panel" id="plan">
      <h2>Its plan</h2>
      <dl class="facts">
        <Fact name="Looks taken">{number(row.looks)}</Fact>
        <Fact name="A look every">{describeExtent(plan.lookEvery)}</Fact>
        <Fact name="Risk accepted">{number(plan.riskRatioMax)} times the champion's failures</Fact>
        <Fact name="False stops">at most {percent(plan.alpha)}</Fact>
        <Fact name="Failures counted">{listed(plan.failures)}</Fact>
        <Fact name="Breaker">
          {percent(plan.breaker.errorShareMax)} of at least {number(plan.breaker.rowsMin)} rows without an answer
        </Fact>
        <Fact name="Labels awaited">
          {describeExtent(plan.deadline)}, then{' '}
          {plan.atDeadline === 'hold' ? 'a person decides' : 'an estimate within the margin is enough'}
        </Fact>
        <Fact name="Spec revision">{row.specRevision}</Fact>
        <Fact name="Workflow">
          <a href={shown.runLink}>open in Temporal</a>
        </Fact>
      </dl>
    </section>
  );
}
