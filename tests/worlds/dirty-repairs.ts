import type { Random } from '../../src/statistics/numeric/random.ts';
import { castTypes, comparisonSigns, letterCases } from '../../src/domain/spec/closed-sets.ts';
import { conversionOf, unitNames } from '../../src/domain/repairs/units.ts';
import type { ModelSpec, RepairSpec } from '../../src/domain/spec/spec.ts';
import type { DirtyRow } from './dirty-rows.ts';

// Repairs of the contracts of dirty-rows.ts, from a seed, in any order: whether a person would declare them or not.

const texts = ['open', 'closed', '__proto__'];
const numbers = ['amount', 'co unt"'];
const others = ['truth', 'at', 'due'];

const pick = <Item>(random: Random, items: readonly Item[]): Item => {
  const item = items[random.integer(items.length)];
  if (item === undefined) throw new TypeError('nothing to pick from');
  return item;
};

function repair(random: Random, entity: readonly string[]): RepairSpec {
  const [text, number] = [pick(random, [...texts, 'won', ...entity]), pick(random, numbers)];
  const any = pick(random, [...texts, ...numbers, ...others, ...entity]);
  const from = pick(random, unitNames);
  const alike = unitNames.filter((name) => conversionOf(from, name) !== null);
  const bounds: readonly { min?: number; max?: number }[] = [
    { min: 0 },
    { max: 99.5 },
    { min: -1, max: 5 },
    { max: 1e18 },
  ];
  const constants = [5, '5.5', 'DE', true, '2024-05-01', 1e21, 'zz'];
  return pick<() => RepairSpec>(random, [
    () => ({ repair: 'trim', column: any }),
    () => ({ repair: 'case', column: text, to: pick(random, letterCases) }),
    () => ({ repair: 'cast', column: number, to: 'number', decimal: pick(random, ['.', ','] as const) }),
    () => ({ repair: 'cast', column: pick(random, [text, number]), to: 'integer' }),
    () => ({
      repair: 'cast',
      column: 'truth',
      to: pick(
        random,
        castTypes.filter((to) => to === 'boolean'),
      ),
    }),
    () => ({ repair: 'unit', column: number, from, to: pick(random, alike) }),
    () => ({
      repair: 'map',
      column: any,
      values: [
        {
          from: pick(random, ['DE', 'de', '5', 'x', '1', 'yes']),
          to: pick(random, ['FR', ' NA', '-1', '', null, 'no']),
        },
        { from: 'abc', to: '2024-05-03' },
      ],
    }),
    () => ({ repair: 'clip', column: number, ...pick(random, bounds) }),
    () => ({ repair: 'fill', column: any, constant: pick(random, constants) }),
    () => ({ repair: 'drop', column: any, when: { is: 'missing' } }),
    () => ({
      repair: 'drop',
      column: number,
      when: { op: pick(random, comparisonSigns), value: pick(random, [5, -1, 300]) },
    }),
    () => ({
      repair: 'drop',
      column: text,
      when: { op: pick(random, comparisonSigns), value: pick(random, ['DE', 'm', '😀']) },
    }),
    () => ({ repair: 'drop', column: 'truth', when: { op: '=', value: pick(random, [true, false]) } }),
    () => ({ repair: 'drop', column: 'due', when: { op: pick(random, comparisonSigns), value: '2024-05-03' } }),
  ])();
}

/** The same definition with some repairs; at most one in five takes rows out, so that rows are left. */
export function withRepairs(spec: ModelSpec, random: Random): ModelSpec {
  const entity = spec.entity === null || spec.entity.column !== 'who' ? [] : ['who'];
  const repairs: RepairSpec[] = [];
  const wanted = 3 + random.integer(9);
  while (repairs.length < wanted) {
    const next = repair(random, entity);
    if (next.repair === 'drop' && repairs.filter((one) => one.repair === 'drop').length >= wanted / 5) continue;
    repairs.push(next);
  }
  return { ...spec, repairs };
}

const amounts = [
  '1,234.50 €',
  '1.234,5',
  '$ 5',
  "12'000",
  '7 %',
  '1 234,5',
  '1,23,4',
  '-1,000',
  '€',
  '0.49999999999999994',
];
const padded = [
  '\u00a0DE\u2003',
  '\ufeffx',
  '\u200bFR',
  '\u3000',
  'straße',
  'ŉ',
  'ᾳ',
  'ᾼ',
  'ǅ',
  'İı',
  '5.0',
  '-0.0',
  '007',
  '1e3',
];
const switches = ['on', 'OFF', 'Enabled', 'dİsabled', '2', '-0', '1e400', 'ﬀ'];

/** A row with dirt of the kind that repairs are for. */
export function withDirt(row: DirtyRow, random: Random): DirtyRow {
  const dirt: [string, unknown][] = [];
  if (random.next() < 0.3) dirt.push([pick(random, numbers), pick(random, amounts)]);
  if (random.next() < 0.3) dirt.push([pick(random, [...texts, 'who', 'won']), pick(random, padded)]);
  if (random.next() < 0.2) dirt.push(['truth', pick(random, switches)]);
  if (random.next() < 0.1) dirt.push([pick(random, others), `\u00a0${String(row['at'])}\u00a0`]);
  // `Object.fromEntries` makes an own property of `__proto__`, as JSON does.
  return Object.fromEntries([...Object.entries(row), ...dirt]);
}
