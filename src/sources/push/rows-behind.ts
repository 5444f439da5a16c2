import type { PushedBatch, PushedRows } from './pushed-rows.ts';

/** Of one page: about as much as is held in memory at once. */
const page = { batches: 64, bytes: 32 * 1_048_576 } as const;

/**
 * Rows behind one place and through another, in order. Batches may have been joined into larger ones since a cursor was
 * written, so the first may begin before that place, and the last end behind it.
 */
export async function* rowsBehind(
  pushed: Pick<PushedRows, 'behind'>,
  { after, through }: { readonly after: number; readonly through: number },
): AsyncGenerator<PushedBatch> {
  for (let read = after; read < through;) {
    // oxlint-disable-next-line no-await-in-loop -- one page in memory at a time
    const batches = await pushed.behind(read, page);
    if (batches.length === 0) return;
    for (const batch of batches) {
      if (batch.firstRow > through) return;
      yield cutBatch(batch, { after: read, through });
      read = Math.min(batch.lastRow, through);
    }
  }
}

function cutBatch(batch: PushedBatch, { after, through }: { readonly after: number; readonly through: number }) {
  const { firstRow, lastRow, lines } = batch;
  if (firstRow === after + 1 && lastRow <= through) return batch;
  const from = placeOfLine(lines, after + 1 - firstRow);
  const end = lastRow <= through ? lines.length : placeOfLine(lines, through + 1 - firstRow);
  return { firstRow: after + 1, lastRow: Math.min(lastRow, through), lines: lines.subarray(from, end) };
}

/** Where a line begins, the first being 0: JSON has no line break inside of a value. */
function placeOfLine(lines: Buffer, index: number): number {
  let at = 0;
  for (let line = 0; line < index; line++) at = lines.indexOf(0x0a, at) + 1;
  return at;
}
