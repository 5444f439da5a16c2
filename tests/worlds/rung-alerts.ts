import { ringForWindow, type WindowShown } from '../../activities/watch/ring-for-window.ts';
import type { VersionRow } from '../../src/db/models/versions.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { ServingWorld } from './serving-world.ts';

const nothing: WindowShown = {
  drift: null,
  decay: null,
  labels: null,
  bestWorld: null,
  slices: null,
  estimate: null,
  proxies: null,
};

/** What is open after a window that showed this: kind and body of each alert. */
export async function alertKindsAfter(
  { database }: Pick<ServingWorld, 'database'>,
  spec: ModelSpec,
  champion: VersionRow,
  shown: Partial<WindowShown>,
): Promise<readonly (readonly [string, string])[]> {
  await ringForWindow(database.db, spec, champion, 1, { ...nothing, ...shown });
  const { rows } = await database.pool.query<{ kind: string; body: string }>(
    `select kind, body from alert where closed_at is null order by kind`,
  );
  return rows.map(({ kind, body }) => [kind, body]);
}
