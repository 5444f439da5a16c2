import { snapshotPage } from '../../commands/pages/snapshot.ts';
import { profileSnapshot } from '../../commands/snapshots/profile-snapshot.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { page } from '../frame/page.ts';
import { render } from '../frame/render.ts';
import { SnapshotView } from './page.tsx';
import { ProfileView } from './whole-profile/page.tsx';

/** The page of one dataset, and how its rows look. */
export function snapshotRoutes(app: Api, dependencies: ApiDependencies): void {
  page(app, dependencies, '/snapshots/{digest}', async (call) => {
    const input = { digest: call.path('digest'), hasRows: call.query('rows') === '1' };
    return render(SnapshotView({ call, shown: await snapshotPage(call.command, input, dependencies.store ?? null) }));
  });
  page(app, dependencies, '/snapshots/{digest}/profile', async (call) => {
    const answer = await profileSnapshot(call.command, call.path('digest'), dependencies);
    return render(ProfileView({ call, answer }));
  });
}
