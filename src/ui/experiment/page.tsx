import type { ExperimentView } from '../../contracts/http/trainers/experiments.ts';
import { Layout } from '../frame/layout.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { experimentsPath, modelPath, number, percent, rows, runPath, time } from '../words/format.ts';
import { metricName } from '../words/quality.ts';
import { Digest, Fact, State } from '../words/state.tsx';
import { Candidates } from './candidates.tsx';
import { Differences } from './differences.tsx';
import { Settings } from './settings.tsx';

export interface ExperimentProps {
  readonly shown: ExperimentView;
}

/** One experiment: which candidate is the best, what is proven of the others, and in what they differ. */
export function ExperimentPage({ call, shown }: ExperimentProps & { readonly call: PageCall }) {
  const { model } = shown;
  return (
    <Layout
      call={call}
      title={`Experiment ${shown.number} of ${model}`}
      section="home"
      crumbs={[
        { text: 'Models', href: '/' },
        { text: model, href: modelPath(model) },
        { text: 'experiments', href: experimentsPath(model) },
        { text: String(shown.number) },
      ]}
      {...(shown.status === 'running' ? { freshSeconds: 5 } : {})}
    >
      <div data-live="state">
        <h1>
          Experiment {shown.number} of {model} <State of={shown.status} />
        </h1>
        <p>{shown.text ?? 'Its candidates are fitted, one after the other.'}</p>
      </div>
      <div data-live="candidates">
        <Candidates shown={shown} />
        <Differences shown={shown} />
      </div>
      <Settings shown={shown} />
      <Asked shown={shown} />
    </Layout>
  );
}

function Asked({ shown }: ExperimentProps) {
  const { champion, metric } = shown;
  return (
    <section class="panel" id="asked">
      <h2>What was compared</h2>
      <dl class="facts">
        <Fact name="metric">{metricName(metric)}</Fact>
        <Fact name="data">
          <Digest of={shown.snapshot} href={`/snapshots/${shown.snapshot}`} />
          {shown.testRows === null ? '' : `, ${rows(shown.testRows)} of it are the test, the same of all candidates`}
        </Fact>
        <Fact name="error">
          {shown.alpha === null ? 'not compared yet' : `${percent(shown.alpha)} that any of the claims is wrong`}
        </Fact>
        <Fact name="champion">{champion === null ? 'none took part' : championWords(champion, metric)}</Fact>
        <Fact name="begun by">
          {shown.startedBy}, {time(shown.startedAt)}
          {shown.reason === '' ? '' : `: ${shown.reason}`}
        </Fact>
        <Fact name="run">
          <a href={runPath(shown.runId)}>{shown.runId}</a>
        </Fact>
      </dl>
    </section>
  );
}

function championWords(champion: NonNullable<ExperimentView['champion']>, metric: string): string {
  const { version, metrics, unseenRows, difference } = champion;
  const known = `v${version}, ${metricName(metric)} ${number(metrics[metric])} on the same rows`;
  return difference === null
    ? `${known}; it was trained on all but ${rows(unseenRows)}, too few to compare it`
    : `${known}; on the ${rows(unseenRows)} that it was not trained on it is ${number(difference.estimate)} from the ` +
        `best one, between ${number(difference.lower)} and ${number(difference.upper)} (positive is better)`;
}
