import { positionsOfIds } from '../../src/data/sealed/sealed-index.ts';
import { sealedFiles } from '../../src/db/traffic/read/sealed-files.ts';
import { lateLabels, placeLateLabels, type LateLabel } from '../../src/db/traffic/seal/late-labels.ts';
import type { SealDependencies } from './seal-stretch.ts';

/**
 * A label that came after its prediction was sealed is found by id while Postgres has it. Before it is sealed itself it
 * is told where its prediction stands: a file of labels is read by the positions of predictions. Law: the indexes of a
 * model's files once for each 50,000 labels that wait; a part is looked at once, before it is frozen.
 */
export async function joinLateLabels({ database, store }: SealDependencies, part: number): Promise<void> {
  for (let after: LateLabel | null = null; ;) {
    // oxlint-disable no-await-in-loop -- one page after the other
    const page: readonly LateLabel[] = await lateLabels(database, part, after);
    for (const model of new Set(page.map((label) => label.model))) {
      const ids = page.flatMap((label) => (label.model === model ? label.predictionId : []));
      await placeLateLabels(database, part, model, await seqsOf({ database, store }, model, ids));
    }
    // oxlint-enable no-await-in-loop
    after = page.at(-1) ?? null;
    if (after === null) return;
  }
}

async function seqsOf(
  { database, store }: Pick<SealDependencies, 'database' | 'store'>,
  model: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const seqs = new Map<string, number>();
  const everywhere = { fromSeq: 0, toSeq: Number.MAX_SAFE_INTEGER };
  // The newest file comes first, and of several rows with one id the newest is the label's.
  for (const { indexDigest } of await sealedFiles(database.db, model, 'predictions', everywhere)) {
    const missing = ids.filter((id) => !seqs.has(id));
    if (indexDigest === null || missing.length === 0) continue;
    // oxlint-disable-next-line no-await-in-loop -- one file at a time
    for (const [id, seq] of await positionsOfIds(await store.pathOf(indexDigest), missing)) seqs.set(id, seq);
  }
  return seqs;
}
