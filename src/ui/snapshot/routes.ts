import { snapshotPage } from '../../commands/pages/snapshot.ts';
import { allowancesShown, allowLeakage, revokeLeakage } from '../../commands/models/allow-leakage.ts';
import { findSnapshot } from '../../commands/snapshots/find-snapshot.ts';
import { profileSnapshot } from '../../commands/snapshots/profile-snapshot.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { commandFields, text } from '../form/fields.ts';
import { action } from '../frame/action.ts';
import { sentence } from '../form/sentence.ts';
import { page } from '../frame/page.ts';
import { render } from '../frame/render.ts';
import { SnapshotView } from './page.tsx';
import { publicationRoutes } from './publication-routes.ts';
import { ProfileView } from './whole-profile/page.tsx';

/** The page of one dataset, and how its rows look. */
export function snapshotRoutes(app: Api, dependencies: ApiDependencies): void {
  page(app, dependencies, '/snapshots/{digest}', async (call) => {
    const input = { digest: call.path('digest'), hasRows: call.query('rows') === '1' };
    return render(SnapshotView({ call, shown: await snapshotPage(call.command, input, dependencies.store ?? null) }));
  });
  page(app, dependencies, '/snapshots/{digest}/profile', async (call) => {
    const answer = await profileSnapshot(call.command, call.path('digest'), dependencies);
    const allowances = await allowancesShown(call.command, answer.model);
    return render(ProfileView({ call, answer, allowances }));
  });
  publicationRoutes(app, dependencies);
  leakageAction(app, dependencies, 'allow', allowLeakage);
  leakageAction(app, dependencies, 'revoke', revokeLeakage);
}

/** A person's word about a suspicion, said where it is shown. */
function leakageAction(
  app: Api,
  dependencies: ApiDependencies,
  word: 'allow' | 'revoke',
  verb: typeof allowLeakage,
): void {
  const fields = { ...commandFields, suspicion: text };
  action(app, dependencies, `/snapshots/{digest}/leakage/${word}`, fields, async (call, form) => {
    const { digest, model } = await findSnapshot(call.command, call.path('digest'), 'operate');
    return { to: `/snapshots/${digest}/profile`, notice: sentence(await verb(call.command, { ...form, model })) };
  });
}
