import { isOpenRollout } from '../../domain/rollout/routing.ts';
import { sayCount } from '../../domain/words/say.ts';
import { TrafficBar } from '../charts/bars.tsx';
import { Ring } from '../charts/ring.tsx';
import { ago, many, rolloutPath, rows, runPath, time, versionPath } from '../words/format.ts';
import { severityKind } from '../words/severity.ts';
import { trafficParts } from '../words/stage.ts';
import { acts, currentAct, isFollowed } from './current-act.ts';
import { EvidenceLink } from './evidence-link.tsx';
import type { SectionProps } from './section.ts';

/** The loop with its current act, who is champion and why, what is open. */
export function Now(props: SectionProps) {
  return (
    <div class="grid two" id="now">
      <Loop {...props} />
      <AsItStands {...props} />
    </div>
  );
}

type OfModel = Pick<SectionProps, 'name' | 'view'>;

function Loop({ name, view }: OfModel) {
  const { act, text } = currentAct(view);
  const open = view.rollouts.find(({ status }) => isOpenRollout(status));
  return (
    <section class="panel" aria-label="The loop">
      <Ring acts={acts} lit={act} hub={hubOf(view)} />
      <p>
        <b>Now: {act}.</b> {text}{' '}
        {open === undefined ? null : (
          <a href={rolloutPath(name, open.version, open.attempt)}>
            {open.status === 'held' ? 'Decide' : 'Follow the rollout'}
          </a>
        )}
      </p>
      {view.running.length === 0 ? null : (
        <ul class="small">
          {view.running.map((run) => (
            <li>
              <a href={runPath(run.runId)}>{run.runId}</a> for {ago(run.startedAt)}
            </li>
          ))}
        </ul>
      )}
      <p class="small">
        <a href={view.temporalUrl}>Its workflow in the Temporal Web UI</a>
      </p>
    </section>
  );
}

/** A version answers when every process that serves has said so; before, it is champion. */
function hubOf({ entry, serving }: SectionProps['view']): string {
  if (entry?.champion == null) return 'no champion';
  return `v${entry.champion.version} ${isFollowed(serving) ? 'answers' : 'is champion'}`;
}

function AsItStands({ name, view }: OfModel) {
  const move = view.moves[0];
  return (
    <section class="panel" aria-label="As it stands">
      <h2>As it stands</h2>
      <TrafficBar parts={trafficParts(view.entry)} />
      <Facts name={name} view={view} />
      {move === undefined ? null : (
        <p>
          <b>Why v{move.toVersion}?</b> {move.why} <span class="dim">({move.actor})</span>{' '}
          <EvidenceLink name={name} move={move} />
        </p>
      )}
      <OpenAlerts name={name} view={view} />
    </section>
  );
}

function Facts({ name, view }: OfModel) {
  return (
    <dl class="facts">
      <div>
        <dt>Champion</dt>
        <dd>
          <Champion name={name} view={view} />
        </dd>
      </div>
      <div>
        <dt>Traffic</dt>
        <dd>
          <span class="figure">{sayCount(view.lastSeq)}</span> predictions
          <br />
          <small>
            window {view.openWindow.number} is open with {rows(view.openWindow.rows)}
          </small>
        </dd>
      </div>
      <div>
        <dt>Definition</dt>
        <dd>
          revision {view.row.specRevision}, {many(view.outline.features, 'feature')}
        </dd>
      </div>
    </dl>
  );
}

function Champion({ name, view }: OfModel) {
  const move = view.moves[0];
  const { champion } = view.entry ?? {};
  if (move?.toVersion == null) {
    return <>{champion == null ? noChampionYet : `v${champion.version}`}</>;
  }
  return (
    <>
      <a class="figure" href={versionPath(name, move.toVersion)}>
        v{move.toVersion}
      </a>
      <br />
      <small>
        since {time(move.movedAt)} ({ago(move.movedAt)})
      </small>
    </>
  );
}

const noChampionYet = 'none yet: the first training that passes its gate becomes champion';

function OpenAlerts({ name, view }: OfModel) {
  if (view.alerts.length === 0) return <p class="dim">No open alert.</p>;
  return (
    <>
      <h3>
        <a href={`/alerts?model=${encodeURIComponent(name)}`}>{many(view.alerts.length, 'open alert')}</a>
      </h3>
      <ul class="small">
        {view.alerts.slice(0, 5).map((alert) => (
          <li>
            <span class={`state ${severityKind(alert.severity)}`}>{alert.severity}</span> {alert.title}{' '}
            <span class="dim">({ago(alert.openedAt)} ago)</span>
          </li>
        ))}
      </ul>
    </>
  );
}
