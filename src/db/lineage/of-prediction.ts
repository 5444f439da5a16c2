import type { SealedLog } from '../../domain/record/sealed.ts';
import { sayMany } from '../../domain/words/say.ts';
import type { Db } from '../base/connect.ts';
import { findPredictions, trainingsOf } from '../traffic/read/find-predictions.ts';
import { named, type KindReader } from './kind-reader.ts';

/** Logged predictions, by their id. */
export function predictionsIn(sealed: SealedLog): KindReader {
  return {
    async describe(db, { model }, id) {
      const found = await find(db, sealed, model, id);
      if (found === null) return null;
      const { row, labels } = found;
      return {
        text: `prediction ${id}, by v${row.version} as ${row.arm}, ${sayMany(labels.length, 'label')}`,
        at: new Date(row.requested_at_ms).toISOString(),
      };
    },

    async next(db, { model }, id, way) {
      const found = await find(db, sealed, model, id);
      if (found === null) return [];
      const { row, labels } = found;
      if (way === 'up') return named('version', row.version);
      const trained = await trainingsOf(db, model, row, labels);
      return [...named('window', row.window_number), ...named('version', ...trained.map(({ version }) => version))];
    },
  };
}

async function find(db: Db, sealed: SealedLog, model: string, id: string) {
  const [found] = await findPredictions(db, sealed, model, { id }, 1);
  return found ?? null;
}
