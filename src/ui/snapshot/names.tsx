import type { SnapshotPage } from '../../db/pages/snapshot.ts';
import { time } from '../words/format.ts';

/** What it is called now, and under which names it was offered to other models. */
export function Names({ page }: { readonly page: SnapshotPage }) {
  if (page.tags.length === 0 && page.editions.length === 0) return null;
  return (
    <section class="panel" id="names">
      <h2>Names</h2>
      {page.tags.length === 0 ? null : (
        <p>
          Named{' '}
          {page.tags.map((tag) => (
            <>
              <code>{tag}</code>{' '}
            </>
          ))}
          now, which keeps its files.
        </p>
      )}
      {page.editions.length === 0 ? null : (
        <ul>
          {page.editions.map(({ tag, edition, actor, reason, publishedAt }) => (
            <li>
              Published as edition {edition} of <code>{tag}</code> by {actor}, {time(publishedAt)}
              {reason === '' ? '' : `: ${reason}`}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
