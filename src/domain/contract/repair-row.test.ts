import { expect, test } from 'vitest';
import { completeSpec } from '../spec/default-spec.ts';
import type { RepairSpec } from '../spec/spec.ts';
import { judgedByScanOnly } from './check-row.ts';
import { compileRepairedCheck, compileRowRepairs } from './repair-row.ts';

const specOf = (...repairs: readonly RepairSpec[]) =>
  completeSpec({
    name: 'shop',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [
      { kind: 'number', name: 'weight', missing: 'refuse', max: 100 },
      { kind: 'category', name: 'land', missing: 'refuse', values: ['DE', 'FR'] },
    ],
    target: { task: 'binary', column: 'won', positive: '1', negative: '0', labelDelay: { rows: 10 } },
    entity: { column: 'who' },
    source: { kind: 'push' },
    repairs,
  });

const row = { weight: 120, land: ' de', won: '1', who: 'a' };
const trim = { repair: 'trim', column: 'land' } as const;
const upper = { repair: 'case', column: 'land', to: 'upper' } as const;

test('a pushed row is judged behind its repairs, in their order', () => {
  expect(compileRepairedCheck(specOf())(row)).toEqual(['weight.range', 'land.values']);
  expect(compileRepairedCheck(specOf(trim, upper, { repair: 'clip', column: 'weight', max: 100 }))(row)).toEqual([]);
  expect(compileRepairedCheck(specOf(upper))(row)).toEqual(['weight.range', 'land.values']);
});

test('a row that is dropped breaks nothing, and is not repaired further', () => {
  const drop = { repair: 'drop', column: 'land', when: { op: '=', value: 'DE' } } as const;
  expect(compileRepairedCheck(specOf(trim, upper, drop))(row)).toEqual([]);
  const fill = { repair: 'fill', column: 'weight', constant: 1 } as const;
  const made = compileRowRepairs(specOf(trim, upper, drop, fill))?.({ land: 'DE' });
  expect(made).toEqual({ row: { land: 'DE' }, repaired: [], isDropped: true, awaited: [] });
});

test('a cell that a row before it may fill is not called missing, and the scan says so', () => {
  const spec = specOf(trim, upper, { repair: 'fillLast', column: 'weight', by: 'who' });
  expect(compileRepairedCheck(spec)({ ...row, weight: null })).toEqual([]);
  expect(compileRepairedCheck(spec)(row)).toEqual(['weight.range']);
  expect(judgedByScanOnly(spec)).toEqual(['weight.missing']);
});

test('rules that name such a cell wait for the scan where it has no value, and for nothing where it has one', () => {
  const expression = (id: string, text: string) =>
    ({ rule: 'expression', id, name: id, expression: text, severity: 'quarantine' }) as const;
  const rules = [expression('weighed', 'weight IS NOT NULL AND weight < 50'), expression('from', "land <> 'FR'")];
  const base = specOf(trim, upper, { repair: 'fillLast', column: 'weight', by: 'who' });
  const filled = { ...base, contract: { ...base.contract, rules } };
  // What stands in for a row without one before it is no value that a rule can be asked of either.
  const twice = {
    ...filled,
    repairs: [...(filled.repairs ?? []), { repair: 'fill', column: 'weight', constant: 60 } as const],
  };
  for (const spec of [filled, twice]) {
    expect(compileRepairedCheck(spec)({ ...row, weight: null })).toEqual([]);
    expect(compileRepairedCheck(spec)({ ...row, weight: 60 })).toEqual(['weighed']);
    expect(compileRepairedCheck(spec)({ ...row, weight: null, land: 'fr' })).toEqual(['from']);
    expect(judgedByScanOnly(spec)).toEqual(['weight.missing', 'weighed']);
  }
});

test('what is repaired is put into a copy of the row, also under the name of a prototype', () => {
  const spec = { ...specOf(trim), features: [{ kind: 'category', name: '__proto__', missing: 'allow' }] as const };
  const given = JSON.parse('{"__proto__": " x", "other": 1}') as Record<string, unknown>;
  const made = compileRowRepairs({ ...spec, repairs: [{ repair: 'trim', column: '__proto__' }] })?.(given);
  expect(JSON.stringify(made?.row)).toBe('{"__proto__":"x","other":1}');
  expect(JSON.stringify(given)).toBe('{"__proto__":" x","other":1}');
});
