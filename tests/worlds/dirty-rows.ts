import { completeSpec } from '../../src/domain/spec/default-spec.ts';
import type { ContractRule, FeatureSpec, ModelSpec, TimeReading } from '../../src/domain/spec/spec.ts';
import { comparisonSigns, dateOrders, epochUnits } from '../../src/domain/spec/closed-sets.ts';
import { checkSpec } from '../../src/domain/spec/check-spec.ts';
import type { Random } from '../../src/statistics/numeric/random.ts';

// Contracts and rows as bad as they come, from a seed: what a row check and a scan of files have to agree on.

export type DirtyRow = Readonly<Record<string, unknown>>;

const expressions = [
  'amount >= "co unt""" OR open = closed',
  "length(open) <= 4 AND NOT contains(open, 'b')",
  `"at" < '2024-05-03T14:03:00Z' IS NOT TRUE`,
  'truth OR amount / "co unt""" > 0.5',
  "coalesce(open, closed) IN ('DE', 'x', 'ab')",
  'CASE WHEN truth THEN round(amount) = amount ELSE "at" <= due END',
  'abs(epoch_ms("at") - epoch_ms(due)) <= 86400000',
  '"__proto__" <> open',
];
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Africa/Monrovia'];
const classWords = ['yes', 'no', '1', '0', '1.0', 'NA', 'None', ' padded ', 'ä', '😀'];
const patterns = ['[A-Z]{2}', '\\d{3,}', '(?i)a.*', '\\p{L}+', '.', 'a|bc', '[^a-z]*', '\\S+ \\S+', '(ab)+c?', '^x$'];

const pick = <Item>(random: Random, items: readonly Item[]): Item => {
  const item = items[random.integer(items.length)];
  if (item === undefined) throw new TypeError('nothing to pick from');
  return item;
};
const maybe = (random: Random, share = 0.5): boolean => random.next() < share;

function reading(random: Random): TimeReading {
  return {
    ...(maybe(random) ? { dateOrder: pick(random, dateOrders) } : {}),
    ...(maybe(random) ? { timeZone: pick(random, zones) } : {}),
    ...(maybe(random) ? { epochUnit: pick(random, epochUnits) } : {}),
  };
}

function features(random: Random): readonly FeatureSpec[] {
  const missing = () => (maybe(random) ? 'allow' : 'refuse') as 'allow' | 'refuse';
  return [
    { kind: 'number', name: 'amount', missing: missing(), ...(maybe(random) ? { min: -1, max: 100 } : {}) },
    { kind: 'number', name: 'co unt"', missing: missing(), ...(maybe(random) ? { integer: true, min: 0 } : {}) },
    { kind: 'category', name: 'open', missing: missing() },
    { kind: 'category', name: 'closed', missing: missing(), values: ['DE', 'FR', 'NA', '1', 'x'] },
    { kind: 'category', name: '__proto__', missing: 'allow' },
    { kind: 'boolean', name: 'truth', missing: missing() },
    { kind: 'time', name: 'at', missing: missing(), ...reading(random) },
    { kind: 'time', name: 'due', missing: missing(), ...reading(random) },
  ];
}

function rules(random: Random): readonly ContractRule[] {
  const severity = () => pick(random, ['warn', 'quarantine', 'quarantine', 'reject'] as const);
  const op = () => pick(random, comparisonSigns);
  const constants = (id: string, left: string, value: string | number | boolean): ContractRule => ({
    rule: 'compare',
    id,
    left,
    op: op(),
    right: { value },
    severity: severity(),
  });
  const columns = (id: string, left: string, column: string): ContractRule => ({
    rule: 'compare',
    id,
    left,
    op: op(),
    right: { column },
    severity: severity(),
  });
  return [
    constants('c0', 'amount', pick(random, [5, -0, 0.1, '5.5', '1e2', 99.99])),
    constants('c1', 'open', pick(random, ['m', '😀', '\uffee', 'é', ''])),
    constants('c2', 'closed', 'DE'),
    constants('c3', 'truth', pick(random, [true, 'false'])),
    constants('c4', 'at', pick(random, ['2024-05-01', '2026-01-01T10:00:00+02:00', 1_700_000_000_000])),
    columns('c5', 'amount', 'co unt"'),
    columns('c6', 'at', 'due'),
    columns('c7', 'open', 'closed'),
    columns('c8', 'at', 'amount'),
    {
      rule: 'length',
      id: 'l0',
      column: 'open',
      min: random.integer(3),
      max: 3 + random.integer(4),
      severity: severity(),
    },
    { rule: 'pattern', id: 'p0', column: 'open', pattern: pick(random, patterns), severity: severity() },
    { rule: 'pattern', id: 'p1', column: 'closed', pattern: pick(random, patterns), severity: severity() },
    { rule: 'decimals', id: 'd0', column: 'amount', precision: 4, scale: random.integer(4), severity: severity() },
    {
      rule: 'expression',
      id: 'e0',
      name: 'one of them',
      expression: pick(random, expressions),
      severity: severity(),
    },
    {
      rule: 'expression',
      id: 'e1',
      name: 'another of them',
      expression: pick(random, expressions),
      severity: severity(),
    },
    { rule: 'unique', id: 'u0', columns: ['amount', 'open'], severity: severity() },
  ];
}

/** A definition that `apply` would take. */
export function dirtyContract(random: Random): ModelSpec {
  const base = { column: 'won', labelDelay: { rows: 10 } };
  const eventTimes: readonly ModelSpec['eventTime'][] = [
    null,
    { column: 'at' },
    { column: 'happened', ...reading(random) },
  ];
  const spec = completeSpec({
    name: 'dirty',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: features(random),
    target: pick<ModelSpec['target']>(random, [
      { ...base, task: 'binary', positive: '1', negative: maybe(random) ? '0' : 'NA' },
      { ...base, task: 'multiclass', classes: classWords.slice(0, 4 + random.integer(5)) },
      { ...base, task: 'regression' },
    ]),
    source: { kind: 'file', path: 'x.csv', format: 'csv' },
    entity: pick(random, [null, { column: 'who' }, { column: 'open' }, { column: 'amount' }]),
    eventTime: pick(random, eventTimes),
    contract: { rules: rules(random), quarantineShareMax: 1 },
  });
  const problems = checkSpec(spec);
  if (problems.length > 0) throw new TypeError(`the generator made no definition: ${JSON.stringify(problems[0])}`);
  return spec;
}

const numbers = [
  0,
  -0,
  1,
  -1,
  5,
  5.5,
  99.99,
  100.01,
  1e21,
  -1e21,
  1e-7,
  1.5e300,
  5e-324,
  2 ** 53,
  -(2 ** 53) - 2,
  12.345,
  0.1 + 0.2,
  Infinity,
  -Infinity,
  1_700_000_000,
  1_700_000_000_000,
  1_700_000_000_000_000,
  253_402_300_799_000,
  1e20,
  4.35,
  1.005,
];
const numberTexts = [
  '5',
  ' 5',
  '5 ',
  '\t5',
  '\r5',
  '+5',
  '-5',
  '5.',
  '.5',
  '-.5e-3',
  '1e400',
  '-1e400',
  '1e-400',
  '00012',
  '1E5',
  '1e+5',
  '123456789012345678901234567890',
  '9007199254740993',
  '1_000',
  'inf',
  'NaN',
  'nan',
  ' NaN ',
  'null',
  'NULL',
  'None',
  'n/a',
  '-',
  '.',
  '?',
  '',
  ' ',
  'abc',
  '0x10',
  '１２',
  '5\u00a0',
  '1e',
  'e5',
  '--5',
  '٣',
  '3.14159',
  '99.990',
  'nİl',
  'UNKNOWN',
];
const words = [
  'DE',
  'FR',
  'NA',
  'x',
  'de',
  ' DE',
  'DE ',
  'a',
  'ab',
  'abc',
  'abab',
  'é',
  'e\u0301',
  '😀',
  '👩‍👩‍👧',
  '\uffee',
  'ÀÉ',
  'x y',
  'a\nb',
  '"quoted"',
  "it's",
  '\u00a0',
  '\u200b',
  'None',
  '?',
  '',
  ' ',
  '123',
  '1234',
  '\u0000',
  'a\u0000b',
  'Ab\nc',
  'ﬀ',
  'İ',
  'ß',
  'x'.repeat(300),
  'null',
];
const truths = [
  true,
  false,
  1,
  0,
  'true',
  'TRUE',
  'T',
  'yes',
  'No',
  'n',
  '1.0',
  '0.0',
  'on',
  '2',
  '',
  'null',
  ' y ',
  1.5,
  'ｙ',
];
const times = [
  '2024-05-03',
  '2024/05/03',
  '2024-05-03T14:03:00Z',
  '2024-05-03 14:03',
  '2024-05-03T14:03+02:00',
  '2024-05-03T14:03:00.5+0530',
  '2024-05-03T14:03:00,123456789-05',
  '2024-05-03T14:03:00 Z',
  '2024-05-03T14:03:00\u00a0Z',
  '2024-02-30',
  '2023-02-29',
  '2024-02-29',
  '1900-02-29',
  '2000-02-29',
  '2024-05-03T24:00',
  '2024-05-03T24:01',
  '2024-05-03T23:59:60',
  '2024-05-03T14:03+99:99',
  '1969-12-31T23:59:59.9999',
  '1969-12-31T23:59:59.9991Z',
  '0001-01-01',
  '0000-01-01',
  '1582-10-10',
  '9999-12-31',
  '9999-12-31T23:59:59.999999999',
  '9999-12-31T24:00',
  '1799-12-31',
  '2200-01-01',
  '2024-03-31T02:30',
  '2024-10-27T02:30',
  '2024-03-10 02:30',
  '2024-11-03 01:30',
  '1880-06-01',
  '1945-05-24T02:30:00',
  '2024-04-07T01:45',
  '2024-10-06T02:15',
  '1972-01-07T00:10',
  '04/07/20',
  '1.2.2024 15:30',
  '31/12/99',
  '31/12/68',
  '31/12/69',
  '12/31/2024',
  '13/13/2024',
  '1/2/2024 3:30 pm',
  '1/2/2024 13:30 PM',
  '1/2/2024 0:30 am',
  '1/2/2024 12:30:05AM',
  '1/2/2024 12:30:05.5',
  '1/2/2024T12:30:05.0009',
  '1/2/2024 24:00',
  '1/2-0000',
  '24/1/2',
  '1/2/20 10:00',
  '29/2/1900',
  '29.02.2000',
  '1714744980',
  '1714744980000',
  '1714744980000000',
  '1714744980000000000',
  '1714744980.5',
  '-1.0005',
  '12.0',
  '+5',
  '9223372036854775807',
  '-9223372036854775808',
  '9999999999999999999',
  '253402300799000',
  '253370764800000',
  'yesterday',
  'NaT',
  '2024-5-3',
  '20240503',
  '2024-05-03T',
  ' 2024-05-03 ',
];
const nested = [[], {}, [1, 'a'], { a: null }, [' 5'], { b: [true] }];

function cell(random: Random, pool: readonly unknown[]): unknown {
  const roll = random.next();
  if (roll < 0.05) return null;
  if (roll < 0.1) return undefined;
  if (roll < 0.13) return pick(random, nested);
  if (roll < 0.25)
    return pick<unknown>(random, pick<readonly unknown[]>(random, [numbers, numberTexts, words, truths, times]));
  return pick(random, pool);
}

/** One row, of values that fit and of those that do not. */
export function dirtyRow(random: Random): DirtyRow {
  const pools: Readonly<Record<string, readonly unknown[]>> = {
    amount: maybe(random) ? numbers : numberTexts,
    'co unt"': maybe(random) ? numbers : numberTexts,
    open: words,
    closed: words,
    truth: truths,
    at: times,
    due: times,
    won: maybe(random) ? classWords : numbers,
    who: words,
    happened: times,
    other: words,
  };
  const entries = Object.entries(pools).flatMap(([name, pool]): [string, unknown][] => {
    const value = cell(random, pool);
    return value === undefined ? [] : [[name, value]];
  });
  if (maybe(random, 0.05)) entries.push(['half', '\ud800']);
  // `Object.fromEntries` makes an own property of this name, as JSON does.
  entries.push(['__proto__', pick(random, words)]);
  return Object.fromEntries(entries);
}
