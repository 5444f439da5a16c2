import { expect, test } from 'vitest';
import type { Reproduced } from './reproduction.ts';
import { sayReproduced } from './say-reproduced.ts';

const by = { digest: 'aaaa', node: 'v20.19.0', platform: 'linux-x64' };
const equal: Reproduced = {
  recordedDigest: '11',
  madeDigest: '11',
  isEqual: true,
  madeBy: by,
  madeByNow: by,
  erasedFrom: 0,
};
const other = { ...equal, madeDigest: '22', isEqual: false };

test.each([
  [equal, 'v3 again has the same bytes (SHA-256 11)'],
  [other, 'that is a fault, of this platform or of the machine'],
  [{ ...other, erasedFrom: 2 }, ': rows were erased since from 2 of its snapshots'],
  [
    { ...other, erasedFrom: 1, erasedRows: 1 },
    ': 1 row was erased since from 1 of its snapshots, so it cannot have the',
  ],
  [{ ...other, erasedFrom: 2, erasedRows: 1_204 }, ': 1,204 rows were erased since from 2 of its snapshots'],
  [{ ...other, madeBy: null }, ': what made it then was not recorded'],
  [{ ...other, madeByNow: { ...by, digest: 'bbbb' } }, ': the code that trains was aaaa and is bbbb'],
  [
    { ...other, madeByNow: { ...by, node: 'v22.1.0', platform: 'linux-arm64' } },
    ': Node was v20.19.0 and is v22.1.0; the platform was linux-x64 and is linux-arm64',
  ],
])('%# says what is known to differ', (reproduced, said) => {
  expect(sayReproduced(3, reproduced)).toContain(said);
});
