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
      <WordChoice label="Show" name="show" values={homeShows} words={showWords} chosen={input.show} />
      <WordChoice label="Sort" name="sort" values={homeSorts} words={sortWords} chosen={input.sort} />
      {view.tags.length === 0 ? null : <Choice label="Tag" name="tag" values={view.tags} chosen={input.tag} />}
      <button type="submit" class="quiet">
        Apply
      </button>
    </form>
  );
}

interface WordChoiceProps<Value extends string> {
  readonly label: string;
  readonly name: string;
  readonly values: readonly Value[];
  readonly words: Readonly<Record<Value, string>>;
  readonly chosen: Value;
}

function WordChoice<Value extends string>({ label, name, values, words, chosen }: WordChoiceProps<Value>) {
  return (
    <label>
      {label}
      <select name={name}>
        {values.map((value) => (
          <option value={value} selected={value === chosen}>
            {words[value]}
          </option>
        ))}
      </select>
    </label>
  );
}
