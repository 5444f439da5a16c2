import type { VersionPage } from '../../db/pages/version.ts';
import { rolloutPath, time } from '../words/format.ts';
import { State } from '../words/state.tsx';

/** When it was champion, and its rollouts. */
export function Career({ page }: { readonly page: VersionPage }) {
  return (
    <section class="panel" id="career">
      <h2>Its time as champion</h2>
      {page.moves.length === 0 ? (
        <p class="empty">It has never been champion.</p>
      ) : (
        <ul class="timeline">
          {page.moves.map((move, i) => (
            <li class={i === 0 && move.toVersion === page.version ? 'now' : undefined}>
              {move.toVersion === page.version
                ? 'Became champion'
                : move.toVersion === null
                  ? 'Was taken out'
                  : `Followed by v${move.toVersion}`}{' '}
              {time(move.at)}, by {move.actor}: {move.why}{' '}
              {move.evidenceId === null ? null : (
                <a href={`/audit/evidence?id=${move.evidenceId}`}>evidence {move.evidenceId}</a>
              )}
            </li>
          ))}
        </ul>
      )}
      {page.rollouts.length === 0 ? null : (
        <>
          <h3>Rollouts</h3>
          <ul>
            {page.rollouts.map((row) => (
              <li>
                <a href={rolloutPath(page.model, page.version, row.attempt)}>Attempt {row.attempt}</a>{' '}
                <State of={row.status} /> {time(row.startedAt)} {row.reason ?? ''}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
