import { describe, expect, test } from 'vitest';
import { checkSpec } from '../check-spec.ts';
import { completeSpec } from '../default-spec.ts';
import type { ContractRule, ModelSpec } from '../spec.ts';

const model = completeSpec({
  name: 'shop',
  about: { owner: 'o', useCase: 'u', successCriterion: 's' },
  features: [
    { kind: 'number', name: 'amount', missing: 'allow' },
    { kind: 'number', name: 'size', missing: 'allow' },
    { kind: 'category', name: 'color', missing: 'allow' },
    { kind: 'category', name: 'land', missing: 'allow', values: ['DE', 'FR'] },
    { kind: 'boolean', name: 'isNew', missing: 'allow' },
    { kind: 'time', name: 'at', missing: 'allow' },
  ],
  target: { task: 'binary', column: 'won', positive: '1', negative: '0', labelDelay: { rows: 10 } },
  source: { kind: 'file', path: 'x.csv', format: 'csv' },
  entity: { column: 'who' },
  eventTime: { column: 'happened' },
});

function problemsOf(rule: unknown): readonly string[] {
  const spec: ModelSpec = { ...model, contract: { ...model.contract, rules: [rule as ContractRule] } };
  return checkSpec(spec).map(({ path, message, fix }) => `${path}: ${message}. ${fix}`);
}

const compare = (left: string, op: string, value: number | string | boolean) =>
  problemsOf({ rule: 'compare', id: 'r', left, op, right: { value }, severity: 'quarantine' });
const columns = (left: string, column: string) =>
  problemsOf({ rule: 'compare', id: 'r', left, op: '<=', right: { column }, severity: 'quarantine' });

describe('a comparison with a constant', () => {
  test.each<[string, string, number | string | boolean]>([
    ['amount', '>', 5],
    ['amount', '>', '5.5'],
    ['color', '!=', 'red'],
    ['color', '<', 'm'],
    ['land', '=', 'DE'],
    ['isNew', '=', true],
    ['isNew', '=', 'false'],
    ['at', '>', '2026-01-01'],
    ['at', '>', '2026-01-01T10:00:00+02:00'],
    ['at', '>', 1_767_225_600_000],
    ['happened', '>', '2026-01-01'],
    ['won', '=', 1],
    ['who', '!=', 'nobody'],
  ])('%s %s %j is taken', (left, op, value) => {
    expect(compare(left, op, value)).toEqual([]);
  });

  test.each<[string, string, number | string | boolean, string]>([
    ['amount', '>', 'ten', 'amount is a number and "ten" is none. Use a number.'],
    ['amount', '>', '', 'amount is a number and "" is none. Use a number.'],
    ['amount', '>', true, 'amount is a number and true is none. Use a number.'],
    ['amount', '>', '0x10', 'amount is a number and "0x10" is none. Use a number.'],
    ['at', '>', '2026-02-30', 'at is a time and "2026-02-30" is none. Use an ISO 8601 time such as '],
    ['color', '>', 10, 'color is text and 10 is none. Use a string.'],
    [
      'land',
      '=',
      'GB',
      '"GB" is none of the declared values of land, so that the rule decides nothing. Use one of: DE, FR.',
    ],
    [
      'won',
      '!=',
      '2',
      '"2" is none of the declared values of won, so that the rule decides nothing. Use one of: 0, 1.',
    ],
    ['isNew', '=', 'maybe', 'isNew is true or false and "maybe" is none. Use true or false.'],
    ['at', '>', 'yesterday', 'at is a time and "yesterday" is none. Use an ISO 8601 time such as '],
    ['happened', '>', '01/02/2024', 'happened is a time and "01/02/2024" is none.'],
  ])('%s %s %j is refused', (left, op, value, said) => {
    const problems = compare(left, op, value);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`contract.rules[0].right: ${said}`);
  });
});

describe('a comparison of two columns', () => {
  test.each([
    ['amount', 'size'],
    ['at', 'happened'],
    ['color', 'land'],
    ['who', 'color'],
    ['at', 'amount'],
  ])('%s with %s is taken', (left, right) => {
    expect(columns(left, right)).toEqual([]);
  });

  test.each([
    ['amount', 'color'],
    ['at', 'color'],
    ['isNew', 'amount'],
    ['who', 'amount'],
    ['amount', 'won'],
  ])('%s with %s is refused', (left, right) => {
    expect(columns(left, right)).toEqual([
      `contract.rules[0].right: rule r compares ${left} with ${right}, which is of another type. ` +
        'Compare columns of one type.',
    ]);
  });

  test('with itself is refused', () => {
    expect(columns('amount', 'amount')).toEqual([
      'contract.rules[0].right: rule r compares amount with itself. Name another column.',
    ]);
  });
});

test.each<[unknown, string | null]>([
  [{ rule: 'freshness', id: 'f', column: 'at', ageMsMax: 1, severity: 'warn' }, null],
  [{ rule: 'freshness', id: 'f', column: 'happened', ageMsMax: 1, severity: 'warn' }, null],
  [
    { rule: 'freshness', id: 'f', column: 'color', ageMsMax: 1, severity: 'warn' },
    'contract.rules[0].column: rule f asks how old color is, which is no time. Name a time feature or the event time.',
  ],
  [
    { rule: 'freshness', id: 'f', column: 'amount', ageMsMax: 1, severity: 'warn' },
    'contract.rules[0].column: rule f asks how old amount is, which is no time. Name a time feature or the event time.',
  ],
  [{ rule: 'missingShare', id: 'm', column: 'color', shareMax: 0.5, severity: 'warn' }, null],
  [
    { rule: 'missingShare', id: 'm', column: 'color', shareMax: 1, severity: 'warn' },
    'contract.rules[0].shareMax: rule m can never fire. Use a share below 1.',
  ],
  [{ rule: 'length', id: 'l', column: 'color', max: 9, severity: 'warn' }, null],
  [
    { rule: 'length', id: 'l', column: 'color', min: 0, severity: 'warn' },
    'contract.rules[0]: rule l can never fire. Use a min of at least 1, or a max.',
  ],
  [
    { rule: 'length', id: 'l', column: 'amount', max: 9, severity: 'warn' },
    'contract.rules[0].column: rule l asks for the characters of amount, which is not text.',
  ],
  [{ rule: 'pattern', id: 'p', column: 'who', pattern: '\\p{Lu}[a-z]{2,8}', severity: 'warn' }, null],
  ...['[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}', '\\p{Greek}+\\PL', '\\\\p{Cn', '[^a]{250}'].map((pattern): [unknown, null] => [
    { rule: 'pattern', id: 'p', column: 'color', pattern, severity: 'warn' },
    null,
  ]),
  ...[
    '(?=a)b',
    '(a)\\1',
    '(?<!x)y',
    '[a',
    'a**',
    '(a{1000}){1000}',
    '((a{30}){30}){30}',
    '\\p{L}{1000}',
    '(a|b){300}',
    '(?<n>a)',
    '\\p{Cn}',
    '\\PC',
  ].map((pattern): [unknown, string] => [
    { rule: 'pattern', id: 'p', column: 'color', pattern, severity: 'warn' },
    'contract.rules[0].pattern: rule p has a pattern that RE2 does not take: ',
  ]),
  [{ rule: 'expression', id: 'e', name: 'e', expression: 'amount >= size OR isNew', severity: 'warn' }, null],
  [
    { rule: 'expression', id: 'e', name: 'e', expression: 'amount >= sice', severity: 'warn' },
    'contract.rules[0]: there is no column sice here. Did you mean size?',
  ],
  [
    { rule: 'expression', id: 'e', name: 'e', expression: 'amount >= color', severity: 'warn' },
    'contract.rules[0].expression: rule e has an expression that is not taken: >= stands between a number and text. ',
  ],
  [
    { rule: 'expression', id: 'e', name: 'e', expression: 'max(amount) > 1', severity: 'warn' },
    'contract.rules[0].expression: rule e has an expression that is not taken: max() is no function here',
  ],
  [{ rule: 'decimals', id: 'd', column: 'amount', precision: 8, scale: 2, severity: 'warn' }, null],
  [
    { rule: 'decimals', id: 'd', column: 'amount', precision: 2, scale: 3, severity: 'warn' },
    'contract.rules[0]: rule d asks for 2 digits with 3 behind the point. Use a precision from 1 to 15',
  ],
  [
    { rule: 'decimals', id: 'd', column: 'at', precision: 8, scale: 2, severity: 'warn' },
    'contract.rules[0].column: rule d counts the digits of at, which is no number. Name a number.',
  ],
  [{ rule: 'rowCount', id: 'n', min: 0, max: 9, severity: 'reject' }, null],
  [
    { rule: 'rowCount', id: 'n', min: 0, severity: 'reject' },
    'contract.rules[0]: rule n can never fire. Use a min of at least 1, or a max.',
  ],
  [
    { rule: 'library', id: 'x', metric: 'rowCount' },
    'contract.rules[0].rule: "library" is no kind of rule. Use unique, references, compare, length, pattern, ',
  ],
  [{ id: 'x' }, 'contract.rules[0].rule: null is no kind of rule. Use unique, references, compare, length, pattern, '],
  [
    { rule: 'unique', id: 'u', columns: ['colour'], severity: 'warn' },
    'contract.rules[0]: there is no column colour here. Did you mean color?',
  ],
])('%j', (rule, said) => {
  expect(problemsOf(rule)).toEqual(said === null ? [] : [expect.stringContaining(said)]);
});

describe('columns', () => {
  const withNames = (changes: Partial<ModelSpec>) =>
    checkSpec({ ...model, ...changes }).map(({ path, message }) => `${path}: ${message}`);
  const named = (name: string) => [{ kind: 'number', name, missing: 'allow' } as const];

  test.each([
    ['a\nb', 'has a line break'],
    ['a\tb', 'has a control character'],
    [' a', 'begins or ends with a blank'],
    ['', 'is empty'],
    ['_order', 'is a column of the platform'],
    ['x'.repeat(201), 'is longer than 200 characters'],
  ])('%j is no name of one', (name, why) => {
    expect(withNames({ features: named(name) })).toContain(
      `features[0].name: ${JSON.stringify(name)} cannot be a column name: it ${why}`,
    );
  });

  test('two that differ in case only are one', () => {
    expect(withNames({ entity: { column: 'Amount' } })).toEqual([
      'entity.column: Amount and amount are one column: case does not count',
    ]);
    expect(withNames({ eventTime: { column: 'WHO' } })).toEqual([
      'entity.column: who and WHO are one column: case does not count',
    ]);
  });

  test('how times are written is said once, of a zone that there is', () => {
    const time = { kind: 'time', name: 'at', missing: 'allow' } as const;
    expect(withNames({ features: [{ ...time, timeZone: 'Berlin' }] })).toEqual([
      'features[0].timeZone: "Berlin" is no known time zone',
    ]);
    expect(
      withNames({ features: [{ ...time, timeZone: 'Europe/Berlin', dateOrder: 'day-first', epochUnit: 'seconds' }] }),
    ).toEqual([]);
    expect(withNames({ eventTime: { column: 'happened', timeZone: 'Nowhere' } })).toEqual([
      'eventTime.timeZone: "Nowhere" is no known time zone',
    ]);
    expect(withNames({ eventTime: { column: 'at', dateOrder: 'day-first' } })).toEqual([
      'eventTime: at is a feature, which says how its times are written',
    ]);
  });
});
