import { expect, test } from 'vitest';
import { readSuspicion, suspicionName } from './allowance.ts';

const features = [{ name: 'discount' }, { name: 'a:b' }];

test.each([
  { column: 'discount', kind: 'target-copy' },
  { column: 'a:b', kind: 'id' },
  { column: '_order', kind: 'row-order' },
] as const)('$column as $kind is read as it is named', (suspected) => {
  expect(readSuspicion(suspicionName(suspected), features)).toEqual(suspected);
});

test.each([
  ['discount', '"discount" names no kind of suspicion.'],
  ['discount:unknown', '"discount:unknown" names no kind of suspicion.'],
  ['gone:id', '"gone:id" is of a column that is no feature (gone).'],
  ['_order:id', '"_order:id" is of a column that is no feature (_order).'],
  ['discount:row-order', '"discount:row-order" is of a column that is no feature (discount).'],
  ['', '"" names no kind of suspicion.'],
])('%s is refused in one sentence', (name, message) => {
  expect(() => readSuspicion(name, features)).toThrow(
    expect.objectContaining({ code: 'invalid_request', path: 'suspicion', message }),
  );
});
