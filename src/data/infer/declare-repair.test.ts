import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { RepairSpec } from '../../domain/spec/spec.ts';
import { repairKinds } from '../../domain/spec/closed-sets.ts';
import { repair } from '../../sdk/index.ts';
import { declareRepair } from './declare-repair.ts';

const declared: readonly RepairSpec[] = [
  repair.trim("it's"),
  repair.toCase('country', 'upper'),
  repair.castTo('price', 'number', { decimal: ',' }),
  repair.castTo('age', 'integer'),
  repair.unit('weight', { from: 'lb', to: 'kg' }),
  repair.map('status', { ok: 'OK', '-': null }),
  {
    repair: 'map',
    column: 'status',
    values: [
      { from: 'b', to: 'B' },
      { from: '2020', to: 'C' },
      { from: '__proto__', to: null },
    ],
  },
  repair.clip('price', { min: 0 }),
  repair.clip('price', { min: 0, max: 5 }),
  repair.fill('weight', { constant: 0 }),
  repair.fill('weight', { lastKnownBy: 'card' }),
  repair.dedupe({ by: ['a', 'b'], keep: 'newest' }),
  repair.dropMissing('channel'),
  repair.dropRows('channel', '=', 'test'),
];

test.each(declared)('the line for $repair makes the same repair', (one) => {
  const made: unknown = runInNewContext(`(${declareRepair(one)})`, { repair });
  expect(JSON.parse(JSON.stringify(made))).toEqual(one);
});

test('every kind is among them', () => {
  expect(new Set(declared.map((one) => one.repair))).toEqual(new Set(repairKinds));
});
