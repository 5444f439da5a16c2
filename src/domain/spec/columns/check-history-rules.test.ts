import { expect, test } from 'vitest';
import { completeSpec } from '../default-spec.ts';
import type { ContractRule } from '../spec.ts';
import { checkRules } from './check-rules.ts';
import { historyBatchesMax } from './check-history-rules.ts';
import type { RowsSpec } from './rows-spec.ts';

const model = completeSpec({
  name: 'shop',
  about: { owner: 'o', useCase: 'u', successCriterion: 's' },
  features: [
    { kind: 'number', name: 'amount', missing: 'allow' },
    { kind: 'number', name: 'size', missing: 'refuse' },
    { kind: 'category', name: 'color', missing: 'allow' },
    { kind: 'boolean', name: 'isNew', missing: 'allow' },
    { kind: 'time', name: 'at', missing: 'allow' },
  ],
  target: { task: 'binary', column: 'won', positive: '1', negative: '0', labelDelay: { rows: 10 } },
  source: { kind: 'file', path: 'x.csv', format: 'csv' },
  entity: { column: 'who' },
});

/** The rule is given as it may come of a definition: its members are of any kind. */
function saidOf(rule: unknown, spec: RowsSpec = model): readonly string[] {
  const contract = { ...spec.contract, rules: [{ id: 'r', severity: 'warn', ...(rule as object) } as ContractRule] };
  return checkRules({ ...spec, contract }).map(({ path, message, fix }) => `${path}: ${message}. ${fix}`);
}

const row = 'contract.rules[0]';

test.each([
  { rule: 'rowCountHistory', batches: 2, factor: 1.1 },
  { rule: 'rowCountHistory', batches: historyBatchesMax, deviations: 0.1 },
  { rule: 'schemaChange', mayAdd: false },
  { rule: 'meanShift', column: 'amount', deviationsMax: 0.1 },
  { rule: 'meanShift', column: 'at', deviationsMax: 0.1 },
  { rule: 'spreadShift', column: 'size', factorMax: 1.1 },
  { rule: 'missingChange', column: 'amount', changeMax: 0 },
  { rule: 'missingChange', column: 'who', changeMax: 0.99 },
  { rule: 'shareChange', column: 'color', changeMax: 0.1 },
  { rule: 'shareChange', column: 'won', changeMax: 0.1 },
  { rule: 'distance', column: 'who', distanceMax: 0.1 },
  { rule: 'distance', column: 'isNew', distanceMax: 0 },
])('%j is taken', (rule) => {
  expect(saidOf(rule)).toEqual([]);
});

test.each([
  [{ rule: 'rowCountHistory', batches: 1, factor: 2 }, `${row}.batches: 1 batches are not what rule r can look back.`],
  [{ rule: 'rowCountHistory', batches: historyBatchesMax + 1, factor: 2 }, `Use 2 to ${historyBatchesMax}.`],
  [{ rule: 'rowCountHistory', batches: 2.5, factor: 2 }, `${row}.batches: 2.5 batches are not`],
  [{ rule: 'rowCountHistory', batches: 5 }, `${row}: rule r needs a factor or deviations, and not both.`],
  [{ rule: 'rowCountHistory', batches: 5, factor: 2, deviations: 5 }, `${row}: rule r needs a factor or deviations,`],
  [{ rule: 'rowCountHistory', batches: 5, factor: 1 }, `${row}.factor: rule r has a factor of 1.`],
  [{ rule: 'rowCountHistory', batches: 5, deviations: 0 }, `${row}.deviations: rule r would refuse every batch.`],
  [{ rule: 'meanShift', column: 'color', deviationsMax: 1 }, 'rule r asks for a number or a time, and color is text.'],
  [{ rule: 'meanShift', column: 'amount', deviationsMax: 0 }, `${row}.deviationsMax: rule r would refuse every batch.`],
  [{ rule: 'meanShift', column: 'amount', deviationsMax: NaN }, `${row}.deviationsMax: rule r would refuse`],
  [{ rule: 'spreadShift', column: 'isNew', factorMax: 2 }, 'a number or a time, and isNew is true or false.'],
  [{ rule: 'spreadShift', column: 'amount', factorMax: 1 }, `${row}.factorMax: rule r has a factor of 1.`],
  [
    { rule: 'missingChange', column: 'size', changeMax: 0.1 },
    `${row}.column: rule r can never fire: rows without size`,
  ],
  [{ rule: 'missingChange', column: 'won', changeMax: 0.1 }, `${row}.column: rule r can never fire: rows without won`],
  [{ rule: 'missingChange', column: 'amount', changeMax: 1 }, `${row}.changeMax: rule r can never fire.`],
  [{ rule: 'missingChange', column: 'amount', changeMax: -0.1 }, `${row}.changeMax: -0.1 is not a share.`],
  [{ rule: 'shareChange', column: 'amount', changeMax: 0.1 }, 'rule r asks for text, and amount is a number.'],
  [{ rule: 'shareChange', column: 'who', changeMax: 0.1 }, 'rule r would name values of who, which is the entity.'],
  [{ rule: 'distance', column: 'amount', distanceMax: 1 }, `${row}.distanceMax: rule r can never fire.`],
  [{ rule: 'distance', column: 'amont', distanceMax: 0.1 }, 'there is no column amont here. Did you mean amount?'],
])('%j is refused', (rule, said) => {
  expect(saidOf(rule)).toEqual([expect.stringContaining(said)]);
});

test('a view has no batches before', () => {
  expect(saidOf({ rule: 'schemaChange', mayAdd: false }, { ...model, target: null })).toEqual([
    `${row}: rule r holds a batch against those before it, which views do not. Declare it in the contract of a model.`,
  ]);
});
