import { authorise } from '../../access/principal.ts';
import { findLogged } from '../../commands/record/find-logged.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { page } from '../frame/page.ts';
import { render } from '../frame/render.ts';
import { PredictionsView } from './page.tsx';

const shownMax = 20;

/** Predictions found by id or by entity; a form asks for them, so that no list of people's rows is ever shown. */
export function predictionRoutes(app: Api, dependencies: ApiDependencies): void {
  page(app, dependencies, '/models/{name}/predictions', async (call) => {
    const name = call.path('name');
    authorise(call.principal, 'operate', name);
    const [id, entity] = [call.query('id') || undefined, call.query('entity') || undefined];
    const query = { id, entity, limit: shownMax };
    const isAsked = id !== undefined || entity !== undefined;
    const found = isAsked ? await findLogged(call.command, name, query, dependencies) : null;
    return render(PredictionsView({ call, name, asked: { id: id ?? '', entity: entity ?? '' }, found }));
  });
}
