import { contractPage } from '../../commands/pages/contract.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { page } from '../frame/page.ts';
import { render } from '../frame/render.ts';
import { ContractView } from './page.tsx';

/** The page of a contract: columns, rules in words, and how often each was broken lately. */
export function contractPageRoutes(app: Api, dependencies: ApiDependencies): void {
  page(app, dependencies, '/models/{name}/contract', async (call) =>
    render(ContractView({ call, shown: await contractPage(call.command, call.path('name')) })),
  );
}
