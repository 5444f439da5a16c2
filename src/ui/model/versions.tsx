import { rolesWith } from '../../access/roles.ts';
import { sayCount } from '../../domain/words/say.ts';
import { authorisedTo } from '../may.ts';
import { number, rolloutPath, runPath, time, versionPath } from '../format.ts';
import type { SectionProps } from './model-page.tsx';
import { cut } from '../../domain/words/cut.ts';

const reasonCharsMax = 160;

/** Rollouts, latest first, each with how it ended and why. */
export function RolloutsSection({ call, name, view }: SectionProps) {
  const { automaticPercentMax } = view.outline;
  return (
    <section class="panel" id="rollouts" aria-labelledby="rollouts-title">
      <h2 id="rollouts-title">Rollouts</h2>
      <p class="small">
        {automaticPercentMax >= 100
          ? 'The next one may end without a person, if its evidence is good.'
          : `The next one reaches ${number(automaticPercentMax)} % of traffic without a person; its last move waits ` +
            `for an approval.`}{' '}
        Whoever has a token of the role {rolesWith('operate').join(' or ')} whose scope covers <code>{name}</code> may
        approve or abort it at any time
        {authorisedTo(call.principal, 'operate', name) === null ? ': you may.' : '; yours is for reading.'}
      </p>
      {view.rollouts.length === 0 ? (
        <p class="empty">
          None yet: the first champion needs none. A retrained version that passes its gate opens one.
        </p>
      ) : (
        <div class="scroll" tabindex={0} role="group" aria-label="Rollouts">
          <table data-sort>
            <thead>
              <tr>
                <th>rollout</th>
                <th>state</th>
                <th>why</th>
                <th>started</th>
                <th>ended</th>
              </tr>
            </thead>
            <tbody>
              {view.rollouts.map((rollout) => (
                <tr>
                  <td>
                    <a href={rolloutPath(name, rollout.version, rollout.attempt)}>
                      v{rollout.version}
                      {rollout.attempt > 1 ? `, attempt ${rollout.attempt}` : ''}
                    </a>
                  </td>
                  <td>
                    <span class={`state ${rolloutKind(rollout.status)}`}>
                      {rollout.status === 'held' ? 'waits for a person' : rollout.status}
                    </span>
                  </td>
                  <td class="wide">{rollout.reason === null ? '—' : cut(rollout.reason, reasonCharsMax)}</td>
                  <td data-value={rollout.startedAt.toISOString()}>{time(rollout.startedAt)}</td>
                  <td data-value={rollout.endedAt?.toISOString() ?? ''}>{time(rollout.endedAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function rolloutKind(status: string): string {
  if (status === 'promoted') return 'good';
  if (status === 'held') return 'warn';
  return status === 'rolled-back' ? 'bad' : 'info';
}

/** Versions, latest first, with what their gate said. */
export function VersionsSection({ name, view }: SectionProps) {
  const champion = view.entry?.champion?.version;
  const challenger = view.entry?.challenger?.version;
  return (
    <section class="panel" id="versions" aria-labelledby="versions-title">
      <h2 id="versions-title">Versions</h2>
      {view.versions.length === 0 ? (
        <p class="empty">
          None yet. A training is started when the definition is applied; <a href="/runs">its run</a> says how far it
          is.
        </p>
      ) : (
        <div class="scroll" tabindex={0} role="group" aria-label="Versions">
          <table data-sort>
            <thead>
              <tr>
                <th>version</th>
                <th>state</th>
                <th>gate</th>
                <th class="num">labelled rows</th>
                <th>definition</th>
                <th>made by</th>
                <th>made</th>
              </tr>
            </thead>
            <tbody>
              {view.versions.map((version) => (
                <tr>
                  <td data-value={String(version.version)}>
                    <a href={versionPath(name, version.version)}>v{version.version}</a>{' '}
                    {version.version === champion ? (
                      <span class="state good">champion</span>
                    ) : version.version === challenger ? (
                      <span class="state info">challenger</span>
                    ) : null}
                  </td>
                  <td>
                    {version.status}
                    {version.origin === 'imported' ? ', imported' : ''}
                  </td>
                  <td>
                    <span class={`state ${gateKind(version.gateVerdict)}`}>{version.gateVerdict}</span>
                  </td>
                  <td class="num">{sayCount(version.labelledRows)}</td>
                  <td>revision {version.specRevision}</td>
                  <td>
                    <a href={runPath(version.runId)}>{version.runId}</a>
                  </td>
                  <td data-value={version.createdAt.toISOString()}>{time(version.createdAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function gateKind(verdict: string): string {
  return verdict === 'pass' ? 'good' : verdict === 'fail' ? 'bad' : '';
}
