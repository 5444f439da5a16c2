import { modelPath, time, versionPath } from '../words/format.ts';
import { EvidenceLink } from './evidence-link.tsx';
import type { SectionProps } from './section.ts';

/** Who was champion when, and why; and the question about one instant. */
export function Champions({ call, name, view }: SectionProps) {
  return (
    <section class="panel" id="champions" aria-labelledby="champions-title">
      <h2 id="champions-title">Champions</h2>
      <form method="get" action={`${modelPath(name)}#champions`} class="filters">
        <label>
          Who was champion at (UTC)
          <input type="datetime-local" name="at" value={call.query('at') ?? ''} required />
        </label>
        <button type="submit" class="quiet">
          Ask
        </button>
      </form>
      <ThenAnswer name={name} view={view} />
      {view.moves.length === 0 ? (
        <p class="empty">Nobody has been champion yet. The first version that passes its gate becomes it.</p>
      ) : (
        <ul class="timeline">
          {view.moves.map((move, i) => (
            <li class={i === 0 ? 'now' : undefined}>
              {move.toVersion === null ? (
                <b>no champion</b>
              ) : (
                <a href={versionPath(name, move.toVersion)}>
                  <b>v{move.toVersion}</b>
                </a>
              )}{' '}
              {move.fromVersion === null ? null : <span class="dim">instead of v{move.fromVersion}</span>}{' '}
              <span class="small dim">
                {time(move.movedAt)} to {i === 0 ? 'now' : time(view.moves[i - 1]?.movedAt)}, by {move.actor}
              </span>
              <br />
              {move.why} <EvidenceLink name={name} move={move} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function ThenAnswer({ name, view }: Pick<SectionProps, 'name' | 'view'>) {
  if (view.championAt === null) return null;
  const { at, champion } = view.championAt;
  return (
    <p class="notice" role="status">
      At {time(at)}{' '}
      {champion === null || champion.version === null ? (
        'nobody was champion.'
      ) : (
        <>
          <a href={versionPath(name, champion.version)}>v{champion.version}</a> was champion, since{' '}
          {time(champion.since)}, by {champion.actor}: {champion.why}
        </>
      )}
    </p>
  );
}
