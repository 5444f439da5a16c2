import type { LoggedPrediction } from '../../contracts/http/predictions.ts';
import { sayUse } from '../../domain/view/say-view.ts';
import { Layout } from '../frame/layout.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { lineagePath, modelPath, number } from '../words/format.ts';

interface Shown {
  readonly call: PageCall;
  readonly name: string;
  readonly asked: { readonly id: string; readonly entity: string };
  /** Null when nothing was asked for. */
  readonly found: readonly LoggedPrediction[] | null;
}

/** What was answered once: the row, its answer, its labels, and which training learnt from it. */
export function PredictionsView({ call, name, asked, found }: Shown) {
  return (
    <Layout
      call={call}
      title={`Predictions of ${name}`}
      section="home"
      crumbs={[{ text: 'Models', href: '/' }, { text: name, href: modelPath(name) }, { text: 'predictions' }]}
    >
      <h1>Predictions of {name}</h1>
      <form class="filters" method="get" action={`${modelPath(name)}/predictions`}>
        <label>
          id <input name="id" maxlength={128} value={asked.id} />
        </label>
        <label>
          or entity <input name="entity" maxlength={1_000} value={asked.entity} />
        </label>
        <button>Find</button>
      </form>
      {found === null ? (
        <p>Give the id of a prediction, or the entity that was sent with it.</p>
      ) : found.length === 0 ? (
        <p class="empty">Nothing is logged under it.</p>
      ) : (
        found.map((one) => <Logged one={one} />)
      )}
    </Layout>
  );
}

function Logged({ one }: { readonly one: LoggedPrediction }) {
  const facts: readonly (readonly [string, string])[] = [
    ['row', `${number(one.seq)}, window ${number(one.window)}, ${one.requestedAt}`],
    ['stands in', one.storedIn === 'sealed' ? 'a sealed file' : 'the database'],
    ['answered by', `v${one.version} as ${one.arm} (${one.stage})${one.failed ? ', failed' : ''}`],
    ['answer', one.decision === null ? one.scores.join(', ') : `${one.decision} (${one.scores.join(', ')})`],
    ['correction', one.correction === 'identity' ? 'none' : one.correction],
    ['before correction', one.rawScores === null ? 'the same' : one.rawScores.join(', ')],
    ['other arm', one.other === null ? 'none' : `v${one.other.version}: ${one.other.scores?.join(', ') ?? 'nothing'}`],
    [
      'labels, newest first',
      one.labels.map((label) => `${label.label} (${label.receivedAt})`).join('; ') || 'none yet',
    ],
    [
      'proxies',
      one.proxies.map(({ name, value, receivedAt }) => `${name} ${value} (${receivedAt})`).join('; ') || 'none',
    ],
    ...one.views.map((use) => [`view ${use.view}`, `${sayUse(use)}; revision ${use.digest.slice(0, 12)}`] as const),
    ['learnt from by', one.trainings.map(({ version }) => `v${version}`).join(', ') || 'no training yet'],
    ...Object.entries(one.features).map(([name, value]) => [name, value === null ? 'missing' : String(value)] as const),
  ];
  return (
    <section class="panel">
      <h2>{one.predictionId}</h2>
      <dl>
        {facts.map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
      <p class="small">
        <a href={lineagePath(one.model, { kind: 'prediction', key: one.predictionId })}>Where it came from, drawn</a>
      </p>
    </section>
  );
}
