import type { PushPorts } from '../../serving/ports.ts';
import type { Db } from '../base/connect.ts';
import { findCurrentView } from '../feature-views/read-views.ts';
import { findPush } from './push-keys.ts';

/** What a process that takes pushed rows asks; see the ports for what each member promises. */
export function createPushPorts(db: Db): PushPorts {
  return {
    keys: { find: (name, keyHash) => findPush(db, name, keyHash) },
    views: { current: (view) => findCurrentView(db, view) },
  };
}
