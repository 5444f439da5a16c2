import { abort } from '../../commands/control/abort.ts';
import { approve } from '../../commands/control/approve.ts';
import { rollback } from '../../commands/control/rollback.ts';
import { refuseOther, rolloutPage, rolloutsShown } from '../../commands/pages/rollout.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { isOpenRollout } from '../../domain/rollout/routing.ts';
import type { RolloutKey } from '../../domain/words/ids.ts';
import { pathNumber, queryText } from '../form/address.ts';
import { commandFields } from '../form/fields.ts';
import { action } from '../frame/action.ts';
import type { PageCall } from '../frame/page-call.ts';
import { page } from '../frame/page.ts';
import { render } from '../frame/render.ts';
import { rolloutPath } from '../words/format.ts';
import { RolloutList } from './list.tsx';
import { RolloutView } from './page.tsx';

const base = '/models/{name}/rollouts/{version}/{attempt}';

/** All rollouts, the page of one, and a person's word about it. */
export function rolloutRoutes(app: Api, dependencies: ApiDependencies): void {
  page(app, dependencies, '/rollouts', async (call) => {
    const model = queryText(call, 'model');
    return render(RolloutList({ call, model, ...(await rolloutsShown(call.command, { model })) }));
  });
  page(app, dependencies, base, async (call) =>
    render(RolloutView({ call, shown: await rolloutPage(call.command, rolloutIn(call)) })),
  );
  for (const [name, verb] of Object.entries({ approve, abort })) {
    action(app, dependencies, `${base}/${name}`, commandFields, async (call, form) => {
      const key = rolloutIn(call);
      const { page: found } = await rolloutPage(call.command, key);
      // About the rollout of this page: never about another one that has taken the slot meanwhile.
      refuseOther(isOpenRollout(found.row.status) ? key : null, key, name);
      const done = await verb(call.command, { model: key.model, ...form });
      return { to: rolloutPath(key.model, key.version, key.attempt), notice: `${done.text}.` };
    });
  }
  action(app, dependencies, `${base}/rollback`, commandFields, async (call, form) => {
    const key = rolloutIn(call);
    const { page: found } = await rolloutPage(call.command, key);
    const done = await rollback(call.command, { model: key.model, ...form, toVersion: found.row.baseVersion });
    return { to: rolloutPath(key.model, key.version, key.attempt), notice: done.text };
  });
}

function rolloutIn(call: PageCall): RolloutKey {
  return { model: call.path('name'), version: pathNumber(call, 'version'), attempt: pathNumber(call, 'attempt') };
}
