import type { RunShown } from '../../commands/pages/runs.ts';
import { modelPath, rolloutPath, versionPath } from '../words/format.ts';
import { Digest, State } from '../words/state.tsx';

/** Why it was started and what came of it. */
export function Outcome({ shown }: { readonly shown: RunShown }) {
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
