import type { ContractRule, FeatureSpec, TargetSpec, TimeReading } from '../../src/domain/spec/spec.ts';
import {
  batchRuleSeverities,
  comparisonSigns,
  dateOrders,
  epochUnits,
  ruleSeverities,
} from '../../src/domain/spec/closed-sets.ts';
import type { RowsSpec } from '../../src/domain/spec/columns/rows-spec.ts';
import { checkRowsSpec } from '../../src/domain/spec/check-columns.ts';
import type { Random } from '../../src/statistics/numeric/random.ts';

// Contracts of every shape, from a seed: each kind of rule, each role, names and values that other formats read as
// something else.

const pick = <Item>(random: Random, items: readonly Item[]): Item => {
  const item = items[random.integer(items.length)];
  if (item === undefined) throw new TypeError('nothing to pick from');
  return item;
};
const maybe = (random: Random): boolean => random.next() < 0.5;

/** A scalar of YAML, of JSON or of neither, depending on who reads it. */
const hostile = [
  'no',
  'Yes',
  'null',
  '~',
  'true',
  '1e-7',
  '012',
  '12:30:45',
  '2024-05-03',
  '*a',
  '&a',
  '<<',
  '# x',
  'a: b',
  ' pad ',
  "'",
  '"\\',
  '😀',
  '\u2028',
  '\u0085',
  '\ufeffx',
  '{a}',
  '__proto__',
  'constructor',
  '',
  '-',
  '%x',
  '0x1f',
  '.inf',
  '1_000',
];
const names = hostile.filter((name) => name.trim() === name && name !== '' && !/\p{C}/u.test(name));
const numbers = [0, -1, 5.5, 1e21, -1e21, 1e-7, 1.5e300, 5e-324, 2 ** 53, 0.1 + 0.2, 100];
const patterns = [
  '[A-Z]{2}',
  '\\d{3,}',
  '(?i)a.*',
  '\\p{L}+',
  '.',
  'a|b',
  '[^a-z]*',
  '(ab)+c?',
  '^x$',
  '\\.a\\-b',
  '[\\w.-]+',
];

function reading(random: Random): TimeReading {
  return {
    ...(maybe(random) ? { dateOrder: pick(random, dateOrders) } : {}),
    ...(maybe(random) ? { timeZone: pick(random, ['UTC', 'Etc/UTC', 'Europe/Berlin', 'Asia/Kolkata']) } : {}),
    ...(maybe(random) ? { epochUnit: pick(random, epochUnits) } : {}),
  };
}

function feature(random: Random, name: string, kind: FeatureSpec['kind']): FeatureSpec {
  const base = {
    name,
    missing: pick(random, ['allow', 'refuse'] as const),
    ...(maybe(random)
      ? {
          about: pick(
            random,
            hostile.filter((text) => text !== ''),
          ),
        }
      : {}),
    ...(maybe(random) ? { serve: pick(random, ['refuse', 'accept'] as const) } : {}),
    ...(maybe(random) ? { use: 'derived' as const } : {}),
  };
  if (kind === 'number') {
    const [min, max] = [pick(random, numbers), pick(random, numbers)].sort((left, right) => left - right);
    const bounds = { ...(maybe(random) ? { min } : {}), ...(maybe(random) ? { max } : {}) };
    return { ...base, kind, ...(maybe(random) ? { integer: maybe(random) } : {}), ...bounds } as FeatureSpec;
  }
  if (kind === 'category') return { ...base, kind, ...(maybe(random) ? { values: valuesOf(random) } : {}) };
  return kind === 'time' ? { ...base, kind, ...reading(random) } : { ...base, kind };
}

function valuesOf(random: Random): readonly string[] {
  const values = hostile.filter((value) => value !== '' && maybe(random));
  return values.length < 2 ? ['no', 'yes'] : values;
}

type Kind = ContractRule['rule'];
type RuleOf<Name extends Kind> = Extract<ContractRule, { readonly rule: Name }>;
type MakeRule<Name extends Kind> = (random: Random, id: string) => RuleOf<Name>;

const hard = (random: Random) => pick(random, ruleSeverities);
const ofBatch = (random: Random) => pick(random, batchRuleSeverities);

/** Only a rule that refuses batches tolerates some rows. */
const severe = (random: Random) =>
  maybe(random) ? { severity: 'reject' as const, tolerance: 0.01 } : { severity: hard(random) };
const ofAmount = (random: Random) => ({
  column: 'amount',
  severity: ofBatch(random),
  ...(maybe(random) ? { against: 'a'.repeat(64) } : {}),
});

/** One of each kind; a new kind does not compile before it is here. */
const makers: { readonly [Name in Kind]: MakeRule<Name> } = {
  unique: (random, id) => ({
    rule: 'unique',
    id,
    columns: maybe(random) ? ['open', 'amount'] : ['open'],
    ...severe(random),
  }),
  references: (random, id) => ({
    rule: 'references',
    id,
    columns: maybe(random) ? ['open'] : ['closed', 'open'],
    view: 'cardholders',
    digest: maybe(random) ? 'b'.repeat(64) : null,
    ...severe(random),
    ...(maybe(random) ? { serve: 'refuse' as const } : {}),
  }),
  compare: (random, id) => ({
    rule: 'compare',
    id,
    ...(maybe(random)
      ? { left: 'amount', right: { value: pick(random, numbers) } }
      : { left: 'open', right: maybe(random) ? { column: 'closed' } : { value: pick(random, hostile.slice(0, 20)) } }),
    op: pick(random, comparisonSigns),
    severity: hard(random),
    ...(maybe(random) ? { serve: 'refuse' as const } : {}),
  }),
  length(random, id) {
    const bounds = pick(random, [{ min: 1 }, { max: 7 }, { min: 2, max: 4 }]);
    return { rule: 'length', id, column: pick(random, ['open', 'closed']), ...bounds, severity: hard(random) };
  },
  pattern: (random, id) => ({
    rule: 'pattern',
    id,
    column: pick(random, ['open', 'closed']),
    pattern: pick(random, patterns),
    ...severe(random),
    ...(maybe(random) ? { serve: 'refuse' as const } : {}),
  }),
  decimals: (random, id) => ({
    rule: 'decimals',
    id,
    column: 'amount',
    precision: 4 + random.integer(11),
    scale: random.integer(4),
    severity: hard(random),
  }),
  rowCount: (random, id) => ({
    rule: 'rowCount',
    id,
    min: 1 + random.integer(3),
    ...(maybe(random) ? { max: 3 + random.integer(9) } : {}),
    severity: ofBatch(random),
  }),
  missingShare: (random, id) => ({
    rule: 'missingShare',
    id,
    column: pick(random, ['open', 'amount']),
    shareMax: pick(random, [0, 0.07, 0.2, 1 / 3, 1e-7, random.next() * 0.999]),
    severity: ofBatch(random),
  }),
  expression: (random, id) => ({
    rule: 'expression',
    id,
    name: pick(random, hostile.slice(1, 20)),
    expression: pick(random, ['amount >= 0', 'open = closed OR amount IS NULL', 'length(open) < 9']),
    ...severe(random),
    ...(maybe(random) ? { serve: 'refuse' as const } : {}),
  }),
  rowCountHistory: (random, id) => ({
    rule: 'rowCountHistory',
    id,
    batches: 2 + random.integer(49),
    ...(maybe(random) ? { factor: 2.5 } : { deviations: 4 }),
    severity: ofBatch(random),
  }),
  schemaChange: (random, id) => ({ rule: 'schemaChange', id, mayAdd: maybe(random), severity: ofBatch(random) }),
  meanShift: (random, id) => ({ rule: 'meanShift', id, ...ofAmount(random), deviationsMax: 0.5 }),
  spreadShift: (random, id) => ({ rule: 'spreadShift', id, ...ofAmount(random), factorMax: 2 }),
  missingChange: (random, id) => ({ rule: 'missingChange', id, ...ofAmount(random), changeMax: 0.1 }),
  shareChange: (random, id) => ({ rule: 'shareChange', id, ...ofAmount(random), column: 'open', changeMax: 0.1 }),
  distance: (random, id) => ({ rule: 'distance', id, ...ofAmount(random), distanceMax: 0.2 }),
  freshness: (random, id) => ({
    rule: 'freshness',
    id,
    column: 'at',
    ageMsMax: pick(random, [1, 1_001, 60_000, 3_600_000, 172_800_000]),
    severity: ofBatch(random),
  }),
};

// oxlint-disable-next-line no-unsafe-type-assertion -- the names of a closed table
const kinds = Object.keys(makers) as Kind[];

function rulesOf(random: Random): readonly ContractRule[] {
  return Array.from({ length: random.integer(14) }, (_, index) =>
    makers[pick(random, kinds)](random, pick(random, ['r', 'a.b', 'x_y-']) + index),
  );
}

/** A contract that `parseContract` would take. */
export function anyContract(random: Random): RowsSpec {
  const [odd, other] = [
    pick(random, names),
    pick(
      random,
      names.slice(0, 5).map((name) => `${name} 2`),
    ),
  ];
  const base = { column: pick(random, ['won', 'label, "x"']), labelDelay: { rows: 1 } };
  const targets: readonly (TargetSpec | null)[] = [
    null,
    { ...base, task: 'binary', positive: 'yes', negative: 'no' },
    { ...base, task: 'binary', positive: '0', negative: '1e3' },
    { ...base, task: 'multiclass', classes: valuesOf(random) },
    { ...base, task: 'regression' },
  ];
  const spec: RowsSpec = {
    name: pick(random, ['fraud', 'payments.fraud']),
    entity: pick(random, [null, { column: 'who' }, { column: 'open' }]),
    eventTime: pick(random, [null, { column: 'at' }, { column: 'happened', ...reading(random) }]),
    features: [
      feature(random, 'amount', 'number'),
      feature(random, odd, pick(random, ['number', 'category', 'boolean', 'time'] as const)),
      feature(random, 'open', 'category'),
      feature(random, 'closed', 'category'),
      feature(random, other, 'boolean'),
      feature(random, 'at', 'time'),
    ],
    target: pick(random, targets),
    contract: {
      rules: rulesOf(random),
      quarantineShareMax: pick(random, [0, 0.1, 1 / 3, 1]),
      ...(maybe(random) ? { serve: pick(random, ['refuse', 'accept'] as const) } : {}),
    },
  };
  // What two members cannot agree on is no contract: those rules are left out.
  const fitting = spec.contract.rules.filter(
    (rule) => checkRowsSpec({ ...spec, contract: { ...spec.contract, rules: [rule] } }).length === 0,
  );
  const kept = { ...spec, contract: { ...spec.contract, rules: fitting } };
  const [problem] = checkRowsSpec(kept);
  if (problem !== undefined) throw new TypeError(`the generator made no contract: ${JSON.stringify(problem)}`);
  return kept;
}
