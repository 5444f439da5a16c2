import type { SnapshotFile } from './snapshot.ts';

/** A piece of so many rows is full: it takes in no other one, so that no training rewrites years of rows. */
export const fullPieceRows = 500_000;

/**
 * Which pieces become one: each takes in those before it that are neither full nor more than twice as large. So every
 * row is rewritten about log2(500,000) times at most, and there are at most rows / 500,000 + 20 pieces. Those whose
 * rows have all reached their end, before `fromSeq`, are left out.
 */
export function groupPieces<Piece extends Pick<SnapshotFile, 'rows' | 'orderMax'>>(
  pieces: readonly Piece[],
  fromSeq: number,
): readonly (readonly Piece[])[] {
  const groups: { readonly pieces: readonly Piece[]; readonly rows: number }[] = [];
  for (const piece of pieces) {
    if (piece.orderMax < fromSeq) continue;
    let group = { pieces: [piece], rows: piece.rows };
    for (let before = groups.at(-1); before !== undefined; before = groups.at(-1)) {
      if (before.rows >= fullPieceRows || before.rows >= 2 * group.rows) break;
      groups.pop();
      group = { pieces: [...before.pieces, ...group.pieces], rows: before.rows + group.rows };
    }
    groups.push(group);
  }
  return groups.map((group) => group.pieces);
}
