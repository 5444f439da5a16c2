import { isRuleId } from '../../contracts/spec/spec-columns.ts';
import { ruleIdOf } from '../../domain/contract/rule-id.ts';
import { describing } from './describing.ts';
import type { FoundRules } from './found-rules.ts';
import { takeOwn } from './import-custom.ts';
import { takeBounds } from './import-operators.ts';
import { takeSeverity } from './import-severity.ts';
import { wholeOfSearch } from '../../domain/contract/document/ecma-pattern.ts';
import type { Reader } from './reader.ts';
import { isMembers, ownName, statedElsewhere, traitsOf, type Members } from '../terms/terms.ts';

/** The column that checks speak of, as it is being read; null for checks of the whole object. */
export interface CheckedColumn {
  readonly name: string;
  readonly kind: string;
  /** Bounds that rules of ours refer to, by the place where they stand. */
  readonly stated: Readonly<Record<string, Members>>;
  /** Its closed set of values, when a check says one. */
  values: readonly string[] | null;
  isRequired: boolean;
}

/** Reads the checks of a column, or of the whole object, as rules; each that is none is told. */
export function readQuality(owner: Reader, column: CheckedColumn | null, rules: FoundRules): void {
  const counts = new Map<string, Reader>();
  for (const check of owner.takeList('quality')) {
    const own = takeOwn(check);
    const type = check.take('type');
    const metric = check.take('metric') ?? (type === undefined || type === 'library' ? check.take('rule') : undefined);
    if (typeof metric === 'string') readLibrary({ check, own, metric, column, rules, counts });
    else if (type === 'custom') readCustom(check, own, column, rules);
    else if (type === 'text' || type === 'sql') {
      check.note(type === 'sql' ? 'is SQL of another engine: not checked' : 'is words for people: not checked', {
        isUnchecked: true,
      });
    } else check.note('is of no kind that the standard knows', { isUnchecked: true });
    check.leaveRest(describing.check);
  }
}

interface LibraryCheck {
  readonly check: Reader;
  readonly own: Members;
  readonly metric: string;
  readonly column: CheckedColumn | null;
  readonly rules: FoundRules;
  /** Counts of rows that were found, by name: two checks of one name are one rule. */
  readonly counts: Map<string, Reader>;
}

const metrics: Readonly<Record<string, (given: LibraryCheck) => void>> = {
  nullValues: readMissing,
  missingValues: readMissing,
  invalidValues: readInvalid,
  duplicateValues: readDuplicates,
  rowCount: readRowCount,
};

function readLibrary(given: LibraryCheck): void {
  // It classifies the metric and says nothing more.
  given.check.take('dimension');
  const read = Object.hasOwn(metrics, given.metric) ? metrics[given.metric] : undefined;
  if (read !== undefined) return read(given);
  given.check.note(`${JSON.stringify(given.metric)} is no metric of the standard`, { at: 'metric', isUnchecked: true });
}

/** No cell may be missing, or a share of them may. */
function readMissing({ check, own, column, rules }: LibraryCheck): void {
  const list = argumentsOf(check);
  if (column === null) return check.note('names no column', { isUnchecked: true });
  const isPercent = isPercentOf(check);
  const strict = isPercent ? check.take('mustBeLessThan') : undefined;
  if (typeof strict === 'number') check.note('is read as at most', { at: 'mustBeLessThan' });
  const bounds = typeof strict === 'number' ? { min: null, max: strict } : takeBounds(check, !isPercent);
  if (bounds === null) return;
  if (isForeignList(list)) check.note('which words mean no value is fixed here', { at: 'arguments' });
  const { max } = bounds;
  if (max === null || (bounds.min ?? 0) > 0 || (!isPercent && max > 0))
    return check.note('a number of missing values has no rule here; a share has', { isUnchecked: true });
  const isHard = !isOwn(own) && max === 0;
  const severity = takeSeverity(check, isHard ? 'rows' : 'batch');
  if (isHard && severity !== 'warn') {
    column.isRequired = true;
    return;
  }
  const shareMax = typeof own['shareMax'] === 'number' ? own['shareMax'] : max / 100;
  rules.add(
    { rule: 'missingShare', id: idOf(check, 'missing', column.name), column: column.name, shareMax, severity },
    check,
    own['place'],
  );
}

function isForeignList(list: Members): boolean {
  const words: unknown = list['missingValues'];
  return Array.isArray(words) && words.some((word) => word !== null && word !== '');
}

/** A closed set of values, or a pattern. */
function readInvalid({ check, own, column, rules }: LibraryCheck): void {
  const { validValues, pattern } = argumentsOf(check);
  const bounds = takeBounds(check, !isPercentOf(check));
  if (bounds === null) return;
  if (column === null || bounds.max !== 0)
    return check.note('some invalid values are allowed, which no rule here says', { isUnchecked: true });
  const severity = takeSeverity(check, 'rows');
  if (typeof pattern === 'string') {
    const id = idOf(check, 'pattern', column.name);
    const members = { rule: 'pattern', id, column: column.name, pattern: wholeOfSearch(pattern) };
    rules.add({ ...members, severity }, check, own['place']);
  }
  if (!Array.isArray(validValues)) {
    if (typeof pattern !== 'string') check.note('says neither values nor a pattern', { isUnchecked: true });
    return;
  }
  const values = validValues.filter((value) => value !== null).map(String);
  if (!traitsOf(column.kind).isText || severity === 'warn' || validValues.some(isMembers))
    return check.note('a closed set is a rule of texts, which sets rows aside', { isUnchecked: true });
  // What the rule of a closed set is called follows from its column.
  const name = check.peek('name');
  if (name === `${column.name}.values` || name === `${column.name}.label`) check.take('name');
  column.values = values;
}

function readDuplicates({ check, own, column, rules }: LibraryCheck): void {
  const { properties } = argumentsOf(check);
  const bounds = takeBounds(check, !isPercentOf(check));
  if (bounds === null) return;
  if (bounds.max !== 0)
    return check.note('some repeated keys are allowed, which no rule here says', { isUnchecked: true });
  const columns = Array.isArray(properties) ? properties.map(String) : column === null ? [] : [column.name];
  const severity = takeSeverity(check, 'rows');
  rules.add({ rule: 'unique', id: idOf(check, 'unique', ...columns), columns, severity }, check, own['place']);
}

/** Two checks of one name, one from below and one from above, are one rule. */
function readRowCount({ check, own, rules, counts }: LibraryCheck): void {
  if (isPercentOf(check)) return check.note('rows have no share of themselves', { at: 'unit', isUnchecked: true });
  const bounds = takeBounds(check, true);
  if (bounds === null) return;
  const severity = takeSeverity(check, 'batch');
  const id = idOf(check, 'row', 'count');
  const before = counts.get(id);
  const index = rules.found.findIndex(({ rule, reader }) => rule.id === id && reader === before);
  const twin = rules.found[index]?.rule;
  if (twin?.rule === 'rowCount' && twin.max === undefined && bounds.min === null && bounds.max !== null) {
    rules.found.splice(index, 1);
    rules.add({ ...twin, max: bounds.max }, check, own['place']);
    return;
  }
  counts.set(id, check);
  const max = bounds.max === null ? {} : { max: bounds.max };
  rules.add({ rule: 'rowCount', id, min: Math.max(0, bounds.min ?? 0), ...max, severity }, check, own['place']);
}

/** A rule of ours in its own words; of other engines nothing is known. */
function readCustom(check: Reader, own: Members, column: CheckedColumn | null, rules: FoundRules): void {
  const engine = check.take('engine');
  const implementation = check.take('implementation');
  if (engine !== ownName || !isMembers(implementation))
    return check.note(`is a rule of ${JSON.stringify(engine ?? null)}: not checked`, { isUnchecked: true });
  const { [statedElsewhere]: place, ...members } = implementation;
  const bounds =
    typeof place === 'string' && column !== null ? column.stated[`${place}.${String(members['rule'])}`] : {};
  if (bounds === undefined)
    return check.note(`has no bounds: ${String(place)} of its column says none`, { isUnchecked: true });
  const of = typeof place === 'string' && column !== null ? { column: column.name, ...bounds } : {};
  const id = check.take('name');
  rules.add({ ...members, ...of, id, severity: check.take('severity') }, check, own['place']);
}

function argumentsOf(check: Reader): Members {
  const given = check.take('arguments');
  return isMembers(given) ? given : {};
}

function isPercentOf(check: Reader): boolean {
  const unit = check.take('unit');
  return unit === 'percent' || unit === '%';
}

function isOwn(own: Members): boolean {
  return typeof own['place'] === 'number';
}

/** The name of a check where it can be an id; one that is made of its parts otherwise. */
function idOf(check: Reader, ...parts: readonly string[]): string {
  const name = check.take('name') ?? check.take('id');
  if (typeof name === 'string' && isRuleId(name)) return name;
  return ruleIdOf(...parts);
}
