import { home, homeShows, homeSorts, type HomeInput, type HomeView } from '../../commands/pages/home.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { Layout } from '../frame/layout.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { render } from '../frame/render.ts';
import { many } from '../words/format.ts';
import { AllModels } from './all-models.tsx';
import { Filters } from './filters.tsx';
import { FirstModel } from './first-model.tsx';
import { ModelCard } from './model-card.tsx';
import { Pager } from './pager.tsx';

const freshSeconds = 15;

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
      {view.disks.map(({ disk, text }) => (
        <p class="small dim">
          Disk of the {disk}: {text}
        </p>
      ))}
      <AllModels call={call} view={view} />
    </>
  );
}
