import { startListening } from '../../src/db/base/listen.ts';
import { pushChannel } from '../../src/db/feature-views/pushed-views.ts';
import { followPushes, type FollowDependencies } from './follow-pushes.ts';

/** Follows pushes by what Postgres says of them. Whoever pushes nothing costs a connection that is silent. */
export function listenForPushes(url: string, deps: FollowDependencies): { stop(): Promise<void> } {
  const follower = followPushes(deps);
  const stopListening = startListening(url, [pushChannel], () => follower.tell(), deps.log);
  return {
    stop() {
      stopListening();
      return follower.stop();
    },
  };
}
