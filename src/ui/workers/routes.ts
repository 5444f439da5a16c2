import { trainerWorkers } from '../../commands/trainings/workers.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { page } from '../frame/page.ts';
import { render } from '../frame/render.ts';
import { WorkersPage } from './page.tsx';

/** Workers of trainers of one's own, and trainings that wait for them. */
export function workerRoutes(app: Api, dependencies: ApiDependencies): void {
  page(app, dependencies, '/workers', async (call) =>
    render(WorkersPage({ call, list: await trainerWorkers(call.command) })),
  );
}
