import { abTestOf } from '../../commands/ab-tests/read-ab-tests.ts';
import { stopAbTest } from '../../commands/ab-tests/stop-ab-test.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { pathNumber } from '../form/address.ts';
import { commandFields } from '../form/fields.ts';
import { action } from '../frame/action.ts';
import { page } from '../frame/page.ts';
import { render } from '../frame/render.ts';
import { abTestPath } from '../words/format.ts';
import { AbTestPage } from './page.tsx';

const base = '/models/{name}/ab-tests/{number}';

/** The page of one A/B test, and a person's word to end it. */
export function abTestPageRoutes(app: Api, dependencies: ApiDependencies): void {
  page(app, dependencies, base, async (call) =>
    render(AbTestPage({ call, shown: await abTestOf(call.command, call.path('name'), pathNumber(call, 'number')) })),
  );
  action(app, dependencies, `${base}/stop`, commandFields, async (call, form) => {
    const [model, number] = [call.path('name'), pathNumber(call, 'number')];
    // About the one of this page: never about another one that was begun meanwhile.
    if ((await abTestOf(call.command, model, number)).endedAt !== null)
      throw new PerennialError('conflict', `The A/B test ${number} of "${model}" has ended.`, { path: 'number' });
    const done = await stopAbTest(call.command, { model, ...form });
    return { to: abTestPath(model, number), notice: `${done.text}.` };
  });
}
