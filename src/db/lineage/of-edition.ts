import { and, desc, eq } from 'drizzle-orm';
import { editionUse, run, snapshotEdition } from '../schema/index.ts';
import type { Db } from '../base/connect.ts';
import { named, neighboursMax, numberIn, type KindReader, type Seen } from './kind-reader.ts';

type EditionName = Pick<typeof snapshotEdition.$inferSelect, 'model' | 'tag' | 'edition'>;

/** By what lineage calls it. */
export function keyOfEdition({ model, tag, edition }: EditionName): string {
  return `${model}/${tag}/${edition}`;
}

/** A snapshot that was published under a tag, to whichever models. */
export const editions: KindReader = {
  async describe(db, seen, key) {
    const row = await find(db, key);
    if (row === null || !(await isSeen(db, seen, row))) return null;
    const { model, tag, edition, digest, publishedAt } = row;
    return {
      text: `edition ${edition} of "${tag}" of ${model}, ${digest.slice(0, 16)}`,
      at: publishedAt.toISOString(),
    };
  },

  async next(db, seen, key, way) {
    const row = await find(db, key);
    if (row === null) return [];
    if (way === 'up') return named('snapshot', row.digest);
    const used = await db
      .select({ model: editionUse.model, runId: editionUse.runId })
      .from(editionUse)
      .where(and(eq(editionUse.publisher, row.model), eq(editionUse.tag, row.tag), eq(editionUse.edition, row.edition)))
      .orderBy(desc(editionUse.usedAt))
      .limit(neighboursMax);
    const shown = used.filter(({ model }) => seen.canSee(model));
    return shown.flatMap(({ model, runId }) => named(model === seen.model ? 'run' : 'subscriber', runId));
  },
};

/** Trainings of other models that were started for an edition: where their own lineage begins. */
export const subscribers: KindReader = {
  async describe(db, seen, runId) {
    const [row] = await db
      .select({ model: run.model, status: run.status, output: run.output, startedAt: run.startedAt })
      .from(run)
      .where(eq(run.runId, runId));
    if (row === undefined || !seen.canSee(row.model)) return null;
    const made = row.output?.['version'];
    const what = typeof made === 'number' ? `v${made}` : row.status;
    return { text: `${row.model}: ${runId}, ${what}`, at: row.startedAt.toISOString() };
  },
  next: () => Promise.resolve([]),
};

/** Somebody who sees the publisher, or whose model was trained for it. */
async function isSeen(db: Db, { model, canSee }: Seen, edition: EditionName): Promise<boolean> {
  if (edition.model === model || canSee(edition.model)) return true;
  const [used] = await db
    .select({ runId: editionUse.runId })
    .from(editionUse)
    .where(
      and(
        eq(editionUse.publisher, edition.model),
        eq(editionUse.tag, edition.tag),
        eq(editionUse.edition, edition.edition),
        eq(editionUse.model, model),
      ),
    )
    .limit(1);
  return used !== undefined;
}

async function find(db: Db, key: string) {
  const [model = '', tag = '', edition = ''] = key.split('/');
  const [row] = await db
    .select()
    .from(snapshotEdition)
    .where(
      and(
        eq(snapshotEdition.model, model),
        eq(snapshotEdition.tag, tag),
        eq(snapshotEdition.edition, numberIn(edition)),
      ),
    );
  return row ?? null;
}
