import { and, desc, eq } from 'drizzle-orm';
import { formatOccasion } from '../../domain/record/occasion.ts';
import { sayMany } from '../../domain/words/say.ts';
import { counter, snapshot } from '../schema/index.ts';
import { findWindow } from '../watching/windows.ts';
import { named, neighboursMax, numberIn, type KindReader } from './kind-reader.ts';

export const windows: KindReader = {
  async describe(db, { model }, key) {
    const row = await findWindow(db, model, numberIn(key));
    if (row === null) return null;
    const verdict = row.verdict === null ? '' : `, ${row.verdict}`;
    return { text: `window ${row.number}, ${sayMany(row.rows, 'row')}${verdict}`, at: row.closedAt.toISOString() };
  },

  async next(db, { model }, key, way) {
    const number = numberIn(key);
    if (way === 'up') {
      const answered = await db
        .selectDistinct({ version: counter.version })
        .from(counter)
        .where(and(eq(counter.model, model), eq(counter.windowNumber, number)))
        .orderBy(counter.version)
        .limit(neighboursMax);
      return named('version', ...answered.map(({ version }) => version));
    }
    const learnt = await db
      .select({ digest: snapshot.digest })
      .from(snapshot)
      .where(and(eq(snapshot.model, model), eq(snapshot.throughWindow, number)))
      .orderBy(desc(snapshot.createdAt))
      .limit(neighboursMax);
    return [
      ...named('decision', formatOccasion({ of: 'window', window: number })),
      ...named('snapshot', ...learnt.map(({ digest }) => digest)),
    ];
  },
};
