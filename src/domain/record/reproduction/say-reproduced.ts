import { sayMany } from '../../words/say.ts';
import type { MadeBy, Reproduced } from './reproduction.ts';

/** What came of it in one sentence: the same bytes, or what is known to differ. */
export function sayReproduced(
  version: number,
  { isEqual, madeDigest, madeBy, madeByNow, erasedFrom, erasedRows }: Reproduced,
): string {
  if (isEqual) return `v${version} again has the same bytes (SHA-256 ${madeDigest})`;
  const known = [
    ...(erasedFrom === 0 ? [] : [sayErased(erasedFrom, erasedRows)]),
    ...(madeBy === null ? ['what made it then was not recorded'] : differences(madeBy, madeByNow)),
  ];
  const why =
    known.length === 0
      ? 'nothing that is recorded has changed since: that is a fault, of this platform or of the machine'
      : known.join('; ');
  return `v${version} again has other bytes (SHA-256 ${madeDigest}): ${why}`;
}

/** Erased rows cannot be learnt from again: other bytes are what is to be expected. */
function sayErased(snapshots: number, rows: number | undefined): string {
  const what = rows === undefined ? 'rows were' : sayMany(rows, 'row was', 'rows were');
  return `${what} erased since from ${snapshots} of its snapshots, so it cannot have the same`;
}

function differences(then: MadeBy, now: MadeBy): readonly string[] {
  return [
    ...(then.digest === now.digest ? [] : [`the code that trains was ${then.digest} and is ${now.digest}`]),
    ...(then.node === now.node ? [] : [`Node was ${then.node} and is ${now.node}`]),
    ...(then.platform === now.platform ? [] : [`the platform was ${then.platform} and is ${now.platform}`]),
  ];
}
