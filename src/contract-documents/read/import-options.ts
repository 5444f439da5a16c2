import { readIso } from '../../domain/cells/read-instant.ts';
import { ruleIdOf, signWords } from '../../domain/contract/rule-id.ts';
import type { ComparisonSign, DateOrder } from '../../domain/spec/closed-sets.ts';
import type { FoundRules } from './found-rules.ts';
import { wholeOfSearch } from '../../domain/contract/document/ecma-pattern.ts';
import { readerOf, type ImportNote, type Reader } from './reader.ts';
import { isMembers, type Members } from '../terms/terms.ts';

/** What the options of a type say of a column, beside the rules that were found in them. */
export interface ReadOptions {
  readonly feature: Members;
  /** Bounds that rules of ours refer to, by place and kind of rule. */
  readonly stated: Record<string, Members>;
}

interface Column {
  readonly name: string;
  readonly kind: string;
  /** Kinds of rules of ours that say severity and id of what stands here. */
  readonly ownKinds: ReadonlySet<string>;
}

/** Reads `logicalTypeOptions`: bounds, lengths, patterns, zones. What has no rule is told. */
export function readOptions(owner: Reader, column: Column, rules: FoundRules, notes: ImportNote[]): ReadOptions {
  const given = owner.take('logicalTypeOptions');
  const none = { feature: {}, stated: {} };
  if (given === undefined || given === null) return none;
  if (!isMembers(given)) {
    owner.note('is no object', { at: 'logicalTypeOptions', isUnchecked: true });
    return none;
  }
  const options = readerOf(given, [...owner.path, 'logicalTypeOptions'], notes);
  const read = readers[column.kind]?.(options, column, rules) ?? none;
  options.leaveRest(new Set());
  return read;
}

type ReadKind = (options: Reader, column: Column, rules: FoundRules) => ReadOptions;

const readers: Readonly<Record<string, ReadKind>> = {
  number: readNumberOptions,
  category: readTextOptions,
  time: readTimeOptions,
};

function readNumberOptions(options: Reader, column: Column, rules: FoundRules): ReadOptions {
  const feature: Record<string, unknown> = {};
  for (const [name, member] of [
    ['minimum', 'min'],
    ['maximum', 'max'],
  ] as const) {
    const bound = options.take(name);
    if (typeof bound === 'number' && Number.isFinite(bound)) feature[member] = bound;
    else if (bound != null) options.note('is no number', { at: name, isUnchecked: true });
  }
  for (const [name, op] of excluded) {
    const bound = options.take(name);
    if (typeof bound === 'number') compare(rules, options, column.name, op, bound);
    else if (bound != null) options.note('is no number', { at: name, isUnchecked: true });
  }
  const step = options.take('multipleOf');
  if (step === 1) feature['integer'] = true;
  else if (step != null) options.note('has no rule here', { at: 'multipleOf', isUnchecked: true });
  const format = options.take('format');
  if (format != null && format !== 'f64' && format !== 'i64')
    options.note('how many bits a number has is not checked', { at: 'format', isUnchecked: true });
  return { feature, stated: {} };
}

const excluded = [
  ['exclusiveMinimum', '>'],
  ['exclusiveMaximum', '<'],
] as const;

function readTextOptions(options: Reader, { name, ownKinds }: Column, rules: FoundRules): ReadOptions {
  const stated: Record<string, Members> = {};
  const min = options.take('minLength');
  const max = options.take('maxLength');
  if (min != null || max != null) {
    const bounds = { ...(min == null ? {} : { min }), ...(max == null ? {} : { max }) };
    stated['logicalTypeOptions.length'] = bounds;
    if (!ownKinds.has('length') && !(max == null && min === 0))
      rules.add({ rule: 'length', id: ruleIdOf('length', name), column: name, ...bounds, severity }, options);
  }
  const search = options.takeText('pattern');
  if (search !== null) {
    const pattern = wholeOfSearch(search);
    stated['logicalTypeOptions.pattern'] = { pattern };
    if (!ownKinds.has('pattern'))
      rules.add({ rule: 'pattern', id: ruleIdOf('pattern', name), column: name, pattern, severity }, options);
  }
  return { feature: {}, stated };
}

const severity = 'quarantine';

function readTimeOptions(options: Reader, { name }: Column, rules: FoundRules): ReadOptions {
  const feature: Record<string, unknown> = {};
  const zone = options.takeText('defaultTimezone');
  if (zone !== null) feature['timeZone'] = zone;
  if (options.takeTruth('timezone') !== null)
    options.note('a text that names its zone is read by it: left out', { at: 'timezone' });
  const format = options.takeText('format');
  if (format !== null) {
    const order = orderOf(format);
    if (order !== null) feature['dateOrder'] = order;
    options.note(order === null ? 'times are read as ISO 8601' : `is read as dateOrder ${order}`, { at: 'format' });
  }
  for (const [member, op] of [['minimum', '>='], ['maximum', '<='], ...excluded] as const) {
    const bound = options.take(member);
    if (typeof bound === 'string' && readIso(bound) !== null) compare(rules, options, name, op, bound);
    else if (bound != null) options.note('is no time in ISO 8601', { at: member, isUnchecked: true });
  }
  return { feature, stated: {} };
}

/** Which part of a date comes first, where it is not the year of four digits. */
function orderOf(format: string): DateOrder | null {
  if (format.startsWith('d')) return 'day-first';
  if (format.startsWith('M')) return 'month-first';
  return /^yy(?!yy)/.test(format) ? 'year-first' : null;
}

function compare(rules: FoundRules, from: Reader, left: string, op: ComparisonSign, value: number | string): void {
  const id = ruleIdOf(left, signWords[op], String(value));
  rules.add({ rule: 'compare', id, left, op, right: { value }, severity }, from);
}
