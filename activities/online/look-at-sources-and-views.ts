import { reasonOf } from '../../src/domain/words/reason-of.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { lookAtSourcesActivities } from '../ingest/look-at-sources.ts';
import { countUnread } from '../views/count-unread.ts';
import { ingestView } from '../views/ingest-view.ts';
import { keepOnlineViews } from './keep-online-views.ts';

/** Views are kept in the look at sources: runs of the triggers that are under way go on as they began. */
export function lookAtSourcesAndViewsActivities(deps: ActivityDependencies) {
  const { lookAtSources: look } = lookAtSourcesActivities(deps);
  const keepViews = keepOnlineViews(
    deps,
    (key) => ingestView(deps, key),
    (key) => countUnread(deps, key),
  );

  /** Reads what sources hold now, then fills the online stores of views; neither keeps the other from its work. */
  async function lookAtSources(): Promise<{ readonly read: number; readonly more: boolean }> {
    const looked = await look();
    try {
      const { more } = await keepViews();
      return { read: looked.read, more: looked.more || more };
    } catch (error) {
      deps.log.error({ reason: reasonOf(error) }, 'the online stores of views could not be kept');
      return looked;
    }
  }

  return { lookAtSources };
}
