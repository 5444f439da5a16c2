import { randomUUID } from 'node:crypto';
import { home, homeShows, homeSorts, type HomeInput, type HomeView } from '../../commands/pages/home.ts';
import { many } from '../words/format.ts';
import { Layout } from '../frame/layout.tsx';
import { render } from '../frame/render.ts';
import { ReasonForm } from '../form/reason-form.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { ModelCard } from './model-card.tsx';
import { charsMax } from '../../domain/words/limits.ts';

const freshSeconds = 15;

const sortWords = {
  attention: 'what needs attention first',
  name: 'name',
  traffic: 'most predictions first',
  age: 'oldest champion first',
} as const;
const showWords = { all: 'all models', attention: 'only what needs attention', frozen: 'only frozen' } as const;

/** The first page: is every model well, and if not, which one first. */
export async function homePage(call: PageCall): Promise<Response> {
  const input = inputOf(call);
  const view = await home(call.command, input);
  return render(
    <Layout call={call} title="Models" section="home" freshSeconds={freshSeconds}>
      <div class="row spread">
        <h1>Models</h1>
        <p class="dim">
          {many(view.covered, 'model')}
          {view.covered === 0 ? '' : view.needing === 0 ? ', none needs attention' : ', '}
          {view.needing > 0 ? (
            <a href="/?show=attention">{view.needing === 1 ? '1 needs attention' : `${view.needing} need attention`}</a>
          ) : null}
        </p>
      </div>
      {view.covered === 0 ? <FirstModel call={call} /> : <Found call={call} view={view} input={input} />}
    </Layout>,
  );
}

function inputOf(call: PageCall): HomeInput {
  const among = <Name extends string>(names: readonly Name[], given: string | null, otherwise: Name): Name =>
    names.find((name) => name === given) ?? otherwise;
  return {
    search: (call.query('q') ?? '').slice(0, charsMax.search),
    sort: among(homeSorts, call.query('sort'), 'attention'),
    show: among(homeShows, call.query('show'), 'all'),
    tag: call.query('tag') || null,
    page: Number.parseInt(call.query('page') ?? '1', 10) || 1,
  };
}

interface FoundProps {
  readonly call: PageCall;
  readonly view: HomeView;
  readonly input: HomeInput;
}

function Found({ call, view, input }: FoundProps) {
  return (
    <>
      <Filters view={view} input={input} />
      <div data-live="cards">
        {view.cards.length === 0 ? (
          <p class="empty">
            No model matches. <a href="/">Show all {many(view.covered, 'model')}.</a>
          </p>
        ) : (
          <div class="grid">
            {view.cards.map((card) => (
              <ModelCard card={card} />
            ))}
          </div>
        )}
        <Pager view={view} input={input} />
      </div>
      <AllModels call={call} view={view} />
    </>
  );
}

function Filters({ view, input }: { readonly view: HomeView; readonly input: HomeInput }) {
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
      <label>
        Show
        <select name="show">
          {homeShows.map((show) => (
            <option value={show} selected={show === input.show}>
              {showWords[show]}
            </option>
          ))}
        </select>
      </label>
      <label>
        Sort
        <select name="sort">
          {homeSorts.map((sort) => (
            <option value={sort} selected={sort === input.sort}>
              {sortWords[sort]}
            </option>
          ))}
        </select>
      </label>
      {view.tags.length === 0 ? null : (
        <label>
          Tag
          <select name="tag">
            <option value="">any</option>
            {view.tags.map((tag) => (
              <option value={tag} selected={tag === input.tag}>
                {tag}
              </option>
            ))}
          </select>
        </label>
      )}
      <button type="submit" class="quiet">
        Apply
      </button>
    </form>
  );
}

function Pager({ view, input }: { readonly view: HomeView; readonly input: HomeInput }) {
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

/** Nothing is here yet: what to do next, to be copied. */
function FirstModel({ call }: { readonly call: PageCall }) {
  return (
    <div class="empty">
      <h2>{call.principal.scope === '*' ? 'No model yet' : `No model that “${call.principal.scope}” covers yet`}</h2>
      <p>Declare one in a file and apply it; it is trained, judged and served without further words:</p>
      <pre tabindex={0}>
        <code>npx perennial apply models/orders.ts</code>
      </pre>
      <p>Or bring one that was trained elsewhere; it is served and watched, and never retrained:</p>
      <pre tabindex={0}>
        <code>npx perennial import model.onnx --name payments.fraud</code>
      </pre>
    </div>
  );
}

function AllModels({ call, view }: { readonly call: PageCall; readonly view: HomeView }) {
  const role = view.mayCommandAll ? null : 'This needs the role operator or admin with the scope “*”.';
  const frozen = view.everyModelFrozen;
  return (
    <section class="panel" id="all-models" aria-labelledby="all-models-title">
      <h2 id="all-models-title">All models at once</h2>
      <div class="actions">
        <ReasonForm
          call={call}
          hidden={{ key: randomUUID() }}
          label="Freeze all models"
          about={
            'Nothing automatic changes any model: no training, no step forward, no promotion. ' +
            'Answers go on, and a challenger that fails is still taken out.'
          }
          to="/all-models/freeze"
          refusedBecause={
            role ?? (frozen === null ? null : `All models are frozen by ${frozen.actor}: ${frozen.reason}`)
          }
        />
        <ReasonForm
          call={call}
          hidden={{ key: randomUUID() }}
          label="Thaw all models"
          about="Ends the freeze of all models; a freeze of one model stays."
          to="/all-models/thaw"
          refusedBecause={role ?? (frozen === null ? 'Not all models are frozen.' : null)}
        />
        <ReasonForm
          call={call}
          hidden={{ key: randomUUID() }}
          label="Kill switch for all models"
          about={
            'Every model goes back to the last champion that a person approved, ' +
            'every challenger is taken out, and all models are frozen.'
          }
          to="/all-models/kill"
          refusedBecause={role}
          confirm="Every model goes back to its last champion that a person approved, and everything is frozen."
        />
      </div>
    </section>
  );
}
