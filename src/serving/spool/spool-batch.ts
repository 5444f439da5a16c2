/** What one segment may hold. A file that takes everything at once would never fit on a disk that is nearly full. */
export interface SegmentBounds {
  readonly linesMax: number;
  readonly bytesMax: number;
}

/** How many of the first lines make one segment: at least one where there are any, however long it is. */
export function batchLength(lines: readonly string[], bounds: SegmentBounds): number {
  let count = 0;
  let bytes = 0;
  for (const line of lines) {
    bytes += Buffer.byteLength(line) + 1;
    if (count > 0 && (count >= bounds.linesMax || bytes > bounds.bytesMax)) break;
    count++;
  }
  return count;
}
