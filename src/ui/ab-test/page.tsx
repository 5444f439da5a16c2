import { randomUUID } from 'node:crypto';
import type { AbTestView } from '../../contracts/http/ab-tests.ts';
import { ReasonForm } from '../form/reason-form.tsx';
import { refusalFor } from '../form/refusal.ts';
import { Layout } from '../frame/layout.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { abTestPath, many, modelPath, number, percent, time } from '../words/format.ts';
import { Fact, State } from '../words/state.tsx';
import { Arms } from './arms.tsx';
import { Intervals } from './intervals.tsx';

export interface AbTestProps {
  readonly call: PageCall;
  readonly shown: AbTestView;
}

/** One A/B test: what it asks, what it knows, and who may end it. */
export function AbTestPage(props: AbTestProps) {
  const { call, shown } = props;
  const isOpen = shown.endedAt === null;
  return (
    <Layout
      call={call}
      title={`A/B test ${shown.number} of ${shown.model}`}
      section="home"
      crumbs={[
        { text: 'Models', href: '/' },
        { text: shown.model, href: modelPath(shown.model) },
        { text: `A/B test ${shown.number}` },
      ]}
      {...(isOpen ? { freshSeconds: 10 } : {})}
    >
      <div data-live="state">
        <h1>
          A/B test {shown.number} of {shown.model} <State of={shown.ending ?? shown.status} />
        </h1>
        <p>{shown.text}</p>
        <p class="small dim">
          {shown.maturity ?? 'No outcome is known yet.'}
          {shown.lookedAt === null ? '' : ` ${many(shown.looks, 'look')}, the last `}
          {shown.lookedAt === null ? '' : time(new Date(shown.lookedAt))}
        </p>
        {shown.evidenceId === null ? null : (
          <p class="small">
            <a href={`/audit/evidence?id=${shown.evidenceId}`}>The evidence that decided it ({shown.evidenceId})</a>
          </p>
        )}
      </div>
      <div data-live="arms">
        <Intervals shown={shown} />
        <Arms shown={shown} />
      </div>
      <Asked shown={shown} />
      {isOpen ? <Stop {...props} /> : null}
    </Layout>
  );
}

function Asked({ shown }: { readonly shown: AbTestView }) {
  const { declared } = shown;
  const { horizon } = declared;
  return (
    <section class="panel" id="asked">
      <h2>What it asks</h2>
      <dl class="facts">
        <Fact name="metric">
          {declared.metric}, {declared.better} is better, between {number(declared.bounds[0])} and{' '}
          {number(declared.bounds[1])}
        </Fact>
        <Fact name="share">{percent(declared.sharePercent / 100)} of all entities, arms alike</Fact>
        <Fact name="horizon">
          {horizon.kind === 'fixed'
            ? `one look, at ${number(horizon.unitsPerArm)} units per arm`
            : `looks at any time, at most ${number(horizon.unitsMax)} units`}
          , {percent(shown.progress)} used
        </Fact>
        <Fact name="error">
          {percent(declared.alpha)} over all arms and looks; differences below {number(declared.effectMin)} do not
          matter
        </Fact>
        <Fact name="asked by">
          {shown.actor}, {time(new Date(shown.startedAt))}: {shown.why}
        </Fact>
        <Fact name={shown.endedAt === null ? 'ends at the latest' : 'ended'}>
          {time(new Date(shown.endedAt ?? shown.deadlineAt))}
        </Fact>
      </dl>
    </section>
  );
}

function Stop({ call, shown }: AbTestProps) {
  return (
    <section class="panel" id="stop">
      <h2>End it</h2>
      <div class="actions">
        <ReasonForm
          call={call}
          label="Stop"
          about="Its entities are answered as all others, at once. Nothing is concluded, and nothing is promoted."
          to={`${abTestPath(shown.model, shown.number)}/stop`}
          confirm={`End the A/B test ${shown.number} of ${shown.model}?`}
          refusedBecause={refusalFor(call.principal, 'operate', shown.model)}
          hidden={{ key: randomUUID() }}
        />
      </div>
    </section>
  );
}
