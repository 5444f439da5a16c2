import { homeShows, homeSorts, type HomeInput, type HomeView } from '../../commands/pages/home.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { Choice } from '../form/choice.tsx';

const sortWords = {
  attention: 'what needs attention first',
  name: 'name',
  traffic: 'most predictions first',
  age: 'oldest champion first',
} as const;
const showWords = { all: 'all models', attention: 'only what needs attention', frozen: 'only frozen' } as const;

/** Which models, and in which order. */
export function Filters({ view, input }: { readonly view: HomeView; readonly input: HomeInput }) {
  return (
    <form class="filters" method="get" action="/" role="search">
      <label>
        Search
        <input
          type="search"
          name="q"
          value={input.search}
          maxlength={charsMax.search}
          placeholder="name, owner, purpose"
        />
      </label>
      <Choice label="Show" name="show" values={homeShows} words={showWords} chosen={input.show} hasAny={false} />
      <Choice label="Sort" name="sort" values={homeSorts} words={sortWords} chosen={input.sort} hasAny={false} />
      {view.tags.length === 0 ? null : <Choice label="Tag" name="tag" values={view.tags} chosen={input.tag} />}
      <button type="submit" class="quiet">
        Apply
      </button>
    </form>
  );
}
