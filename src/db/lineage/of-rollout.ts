import { findRollout } from '../routing/rollouts.ts';
import type { Db } from '../base/connect.ts';
import { named, numberIn, type KindReader } from './kind-reader.ts';

export const rollouts: KindReader = {
  async describe(db, { model }, key) {
    const row = await find(db, model, key);
    if (row === null) return null;
    const why = row.reason === null ? '' : `: ${row.reason}`;
    return { text: `rollout of v${row.version}, ${row.status}${why}`, at: row.startedAt.toISOString() };
  },

  async next(db, { model }, key, way) {
    if (way === 'down') return [];
    const row = await find(db, model, key);
    return named('version', row?.version ?? null, row?.baseVersion ?? null);
  },
};

function find(db: Db, model: string, key: string) {
  const [version = '', attempt = ''] = key.split('/');
  return findRollout(db, { model, version: numberIn(version), attempt: numberIn(attempt) });
}
