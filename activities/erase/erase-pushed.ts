import { gunzipSync, gzipSync } from 'node:zlib';
import { noteCount } from '../../src/db/erasure/counts.ts';
import { keyColumnsEver } from '../../src/db/erasure/key-columns.ts';
import { nextPushed, replacePushed, type PushedToErase } from '../../src/db/erasure/pushed-to-erase.ts';
import { putTombstone } from '../../src/db/erasure/tombstones.ts';
import { blankLinesOf } from '../../src/domain/record/erasure/blank-lines.ts';
import { unlessHeld, type ErasePart, type ErasePartInput } from './part.ts';

/**
 * Empties lines of pushed rows. The places of rows are cursors, so an erased row keeps its place: an empty line, which
 * no reader takes for a row.
 */
export const erasePushed: ErasePart = async (input, cursor, isOver) => {
  const { deps, erasure, owner } = input;
  const columns = await keyColumnsEver(deps.database.db, owner, erasure.keyColumn);
  if (columns.length === 0) return null;
  for (let after = Number(cursor ?? 0); ;) {
    // oxlint-disable no-await-in-loop -- one batch in memory at a time
    const batch = await nextPushed(deps.database.db, owner.name, after);
    if (batch === null) return null;
    // Joined to a larger one meanwhile: that ends further on, and is met again.
    if (await eraseBatch(input, columns, batch)) after = batch.lastRow;
    if (isOver()) return String(after);
    // oxlint-enable no-await-in-loop
  }
};

async function eraseBatch(
  { deps, erasure, entity, owner }: ErasePartInput,
  columns: readonly string[],
  batch: PushedToErase,
): Promise<boolean> {
  const packed = batch.body ?? (await deps.store.readBytes(batch.digest ?? ''));
  const { lines, emptied } = blankLinesOf(gunzipSync(packed).toString('utf8'), columns, entity);
  if (emptied === 0) return true;
  const bytes = Buffer.from(lines);
  const body = gzipSync(bytes);
  const digest = batch.digest === null || erasure.isDryRun ? null : await deps.store.putBytes(body);
  const of = { erasureId: erasure.erasureId, owner: owner.name };
  return unlessHeld(deps.database, owner, async (tx) => {
    if (!erasure.isDryRun) {
      const next = { body: batch.digest === null ? body : null, digest, bytes: bytes.length };
      if (!(await replacePushed(tx, batch, next))) return false;
      if (batch.digest !== null)
        await putTombstone(tx, { ...of, digest: batch.digest, what: 'pushed', replacedBy: digest, rows: emptied });
    }
    const item = batch.digest ?? (erasure.isDryRun ? `row ${batch.lastRow}` : '');
    await noteCount(tx, { ...of, place: 'pushed', item }, emptied, erasure.isDryRun);
    return true;
  });
}
