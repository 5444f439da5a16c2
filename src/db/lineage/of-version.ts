import { and, desc, eq } from 'drizzle-orm';
import { aliasMove, counter, rollout, version } from '../schema/index.ts';
import type { Db } from '../base/connect.ts';
import { named, neighboursMax, numberIn, type KindReader } from './kind-reader.ts';

/** The latest windows that a version answered: it may answer for years, and each has a decision and more behind it. */
const windowsNamed = 20;

export const versions: KindReader = {
  async describe(db, { model }, key) {
    const row = await find(db, model, key);
    if (row === null) return null;
    return { text: `v${row.version}, ${row.origin}, ${row.status}`, at: row.createdAt.toISOString() };
  },

  async next(db, { model }, key, way) {
    const row = await find(db, model, key);
    if (row === null) return [];
    if (way === 'up')
      return [...named('run', row.runId), ...named('snapshot', ...row.snapshots.slice(0, neighboursMax))];
    const tried = await db
      .select({ attempt: rollout.attempt })
      .from(rollout)
      .where(and(eq(rollout.model, model), eq(rollout.version, row.version)))
      .orderBy(desc(rollout.attempt))
      .limit(neighboursMax);
    const moved = await db
      .select({ moveId: aliasMove.moveId })
      .from(aliasMove)
      .where(and(eq(aliasMove.model, model), eq(aliasMove.alias, 'champion'), eq(aliasMove.toVersion, row.version)))
      .orderBy(desc(aliasMove.movedAt))
      .limit(neighboursMax);
    const answered = await db
      .selectDistinct({ windowNumber: counter.windowNumber })
      .from(counter)
      .where(and(eq(counter.model, model), eq(counter.version, row.version)))
      .orderBy(desc(counter.windowNumber))
      .limit(windowsNamed);
    return [
      ...named('window', ...answered.map(({ windowNumber }) => windowNumber)),
      ...named('rollout', ...tried.map(({ attempt }) => `${row.version}/${attempt}`)),
      ...named('champion', ...moved.map(({ moveId }) => moveId)),
    ];
  },
};

async function find(db: Db, model: string, key: string) {
  const [row] = await db
    .select({
      version: version.version,
      origin: version.origin,
      status: version.status,
      runId: version.runId,
      snapshots: version.snapshots,
      createdAt: version.createdAt,
    })
    .from(version)
    .where(and(eq(version.model, model), eq(version.version, numberIn(key))));
  return row ?? null;
}
