import { trainingsCompared, trainingsShown, type TrainingQuery } from '../../commands/pages/trainings.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { queryText } from '../form/address.ts';
import type { PageCall } from '../frame/page-call.ts';
import { page } from '../frame/page.ts';
import { render } from '../frame/render.ts';
import { TrainingsComparison } from './compare.tsx';
import { TrainingList } from './page.tsx';

const base = '/models/{name}/trainings';

/** The trainings of a model over time, and some of them side by side. */
export function trainingPageRoutes(app: Api, dependencies: ApiDependencies): void {
  page(app, dependencies, base, async (call) => {
    const [model, query] = [call.path('name'), queryOf(call)];
    return render(TrainingList({ call, model, query, shown: await trainingsShown(call.command, model, query) }));
  });
  page(app, dependencies, `${base}/compare`, async (call) => {
    const model = call.path('name');
    const { sides } = await trainingsCompared(call.command, model, call.context.req.queries('run') ?? []);
    return render(TrainingsComparison({ call, model, sides }));
  });
}

function queryOf(call: PageCall): TrainingQuery {
  return {
    metric: queryText(call, 'metric'),
    min: queryText(call, 'min'),
    max: queryText(call, 'max'),
    since: queryText(call, 'since'),
    until: queryText(call, 'until'),
    outcome: queryText(call, 'outcome'),
    cursor: queryText(call, 'cursor'),
  };
}
