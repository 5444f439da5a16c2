import { experimentOf, experiments } from '../../commands/experiments/read-experiments.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { parseWhole } from '../../domain/words/whole-number.ts';
import { pathNumber, queryText } from '../form/address.ts';
import type { PageCall } from '../frame/page-call.ts';
import { page } from '../frame/page.ts';
import { render } from '../frame/render.ts';
import { ExperimentList } from './list.tsx';
import { ExperimentPage } from './page.tsx';

const base = '/models/{name}/experiments';
const pageRows = 25;

/** The experiments of a model, and the page of one. */
export function experimentPageRoutes(app: Api, dependencies: ApiDependencies): void {
  page(app, dependencies, base, async (call) => {
    const model = call.path('name');
    const before = beforeOf(call);
    const found = await experiments(call.command, model, { before, rowsMax: pageRows + 1 });
    const lines = found.slice(0, pageRows);
    const next = found.length > pageRows ? (lines.at(-1)?.number ?? null) : null;
    return render(ExperimentList({ call, model, lines, next, isLatest: before === null }));
  });
  page(app, dependencies, `${base}/{number}`, async (call) =>
    render(
      ExperimentPage({ call, shown: await experimentOf(call.command, call.path('name'), pathNumber(call, 'number')) }),
    ),
  );
}

function beforeOf(call: PageCall): number | null {
  const text = queryText(call, 'before');
  if (text === null) return null;
  const number = /^\d{1,9}$/.test(text) ? parseWhole(text) : null;
  if (number !== null) return number;
  throw new PerennialError('invalid_request', 'The place in the list is not one that a page gave.', {
    path: 'before',
    hint: `Begin again at /models/${call.path('name')}/experiments.`,
  });
}
