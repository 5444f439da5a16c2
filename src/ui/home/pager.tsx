import type { HomeInput, HomeView } from '../../commands/pages/home.ts';
import { many } from '../words/format.ts';

/** The pages before and after this one. */
export function Pager({ view, input }: { readonly view: HomeView; readonly input: HomeInput }) {
  if (view.pages <= 1) return null;
  const to = (page: number): string => {
    const query = new URLSearchParams({ q: input.search, show: input.show, sort: input.sort, page: String(page) });
    if (input.tag !== null) query.set('tag', input.tag);
    return `/?${query.toString()}`;
  };
  return (
    <nav class="pages" aria-label="Pages of models">
      {view.page > 1 ? <a href={to(view.page - 1)}>Previous</a> : null}
      <span>
        page {view.page} of {view.pages}, {many(view.matching, 'model')}
      </span>
      {view.page < view.pages ? <a href={to(view.page + 1)}>Next</a> : null}
    </nav>
  );
}
