import { ruleIdOf } from '../../domain/contract/rule-id.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { describing } from './describing.ts';
import type { FoundRules } from './found-rules.ts';
import { takeOwn } from './import-custom.ts';
import { readOptions } from './import-options.ts';
import { kindOfPhysical, readPhysical } from './import-physical.ts';
import { readQuality, type CheckedColumn } from './import-quality.ts';
import type { ImportNote, Reader } from './reader.ts';
import { filled, isMembers, ownName, statedElsewhere, traitsOf, type Members } from '../terms/terms.ts';

/** A column of a document. */
export interface ReadColumn {
  readonly name: string;
  readonly kind: string;
  /** Members of the feature that it is; null when it is none. */
  readonly feature: Members | null;
  /** How its instants are written. */
  readonly reading: Members;
  /** Members of the target that it is; null when it is none. */
  readonly target: Members | null;
  readonly isEntity: boolean;
  readonly isEventTime: boolean;
  /** Its place in the primary key; null when it is no part of it. */
  readonly keyPlace: number | null;
  /** A rule of ours refers to the age that an agreement says. */
  readonly isAgeReferredTo: boolean;
}

/** Reads one property as a column, and its checks as rules; null for one that no column can be. */
export function readColumn(
  property: Reader,
  ageMsMax: number | null,
  rules: FoundRules,
  notes: ImportNote[],
): ReadColumn | null {
  const name = property.takeText('name');
  if (name === null || name === '') {
    property.note('has no name: no column is made of it', { isUnchecked: true });
    return null;
  }
  const physicalName = property.takeText('physicalName');
  if (physicalName !== null && physicalName !== name)
    property.note(`rows have to call it ${JSON.stringify(name)}: this name is left out`, { at: 'physicalName' });
  const physical = property.takeText('physicalType');
  const typed = kindOf(property, physical);
  if (typed === null) return null;
  const { kind } = typed;
  const own = takeOwn(property);
  const ownKinds = ownKindsOf(property);
  const column = { name, kind, ownKinds };
  const options = readOptions(property, column, rules, notes);
  const age = ageMsMax === null ? {} : { 'slaProperties.freshness': { ageMsMax } };
  const stated = { ...age, ...options.stated, ...readPhysical(property, physical, column, rules) };
  const isFeature = own['isFeature'] !== false;
  const checked: CheckedColumn = { name, kind, stated, values: null, isRequired: false };
  readQuality(property, checked, rules);
  const keyPlace = takeKey(property, name, rules);
  const isRequired = property.takeTruth('required');
  const about = takeAbout(property, isFeature);
  property.leaveRest(describing.property);
  const { dateOrder, epochUnit, serve, use } = own;
  const reading = filled({ dateOrder, epochUnit, ...timeOnly(options.feature, kind) });
  const values = checked.values ?? undefined;
  const missing = isRequired === true || checked.isRequired || keyPlace !== null ? 'refuse' : 'allow';
  const integer = typed.isWhole ? true : own['isWhole'] === false ? false : undefined;
  const ownMembers = traitsOf(kind).isTime ? reading : { integer, ...options.feature, values };
  return {
    name,
    kind,
    feature: isFeature ? filled({ name, kind, missing, about, serve, use, ...ownMembers }) : null,
    reading,
    target: isMembers(own['target']) ? targetOf(name, own['target'], checked.values ?? []) : null,
    isEntity: own['isEntity'] === true,
    isEventTime: own['isEventTime'] === true,
    keyPlace,
    isAgeReferredTo: ownKinds.has('freshness'),
  };
}

function timeOnly(feature: Members, kind: string): Members {
  return traitsOf(kind).isTime ? feature : {};
}

/** Of two classes the one that is not the positive is the negative. */
function targetOf(column: string, { task, positive }: Members, classes: readonly string[]): Members {
  if (positive !== undefined) return { column, task, positive, negative: classes.find((one) => one !== positive) };
  return classes.length > 0 ? { column, task, classes } : { column, task };
}

/** What is a time of day and no instant. */
const timesOfDay: ReadonlySet<string> = new Set(['time']);

const kinds: Readonly<Record<string, string>> = {
  string: 'category',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  date: 'time',
  timestamp: 'time',
  time: 'category',
};

function kindOf(
  property: Reader,
  physical: string | null,
): { readonly kind: string; readonly isWhole: boolean } | null {
  const logical = property.takeText('logicalType');
  if (logical === null) {
    const known = physical === null ? null : kindOfPhysical(physical);
    const words = `has no logicalType: taken as ${known?.kind ?? 'category'}`;
    property.note(words, { isUnchecked: known === null });
    return known ?? { kind: 'category', isWhole: false };
  }
  const kind = Object.hasOwn(kinds, logical) ? kinds[logical] : undefined;
  if (kind === undefined) {
    property.note(`${JSON.stringify(logical)} is no cell of a table: no column is made of it`, { isUnchecked: true });
    return null;
  }
  if (timesOfDay.has(logical))
    property.note('a time of day is taken as text', { at: 'logicalType', isUnchecked: true });
  return { kind, isWhole: logical === 'integer' };
}

/** Which rules of ours refer to bounds that stand in other parts of the column. */
function ownKindsOf(property: Reader): ReadonlySet<string> {
  const kindsFound = new Set<string>();
  const quality: unknown = property.peek('quality');
  if (!Array.isArray(quality)) return kindsFound;
  for (const check of quality) {
    if (!isMembers(check) || check['engine'] !== ownName) continue;
    const { implementation } = check;
    if (isMembers(implementation) && statedElsewhere in implementation) kindsFound.add(String(implementation['rule']));
  }
  return kindsFound;
}

function takeKey(property: Reader, name: string, rules: FoundRules): number | null {
  if (property.takeTruth('unique') === true)
    rules.add({ rule: 'unique', id: ruleIdOf('unique', name), columns: [name], severity: 'quarantine' }, property);
  const position = property.take('primaryKeyPosition');
  if (property.takeTruth('primaryKey') !== true) return null;
  property.note('a part of the primary key has a value in every row', { at: 'primaryKey' });
  return typeof position === 'number' && position >= 1 ? position : Infinity;
}

function takeAbout(property: Reader, isFeature: boolean): string | undefined {
  const about = property.takeText('description');
  if (about === null || about === '') return undefined;
  if (isFeature && about.length <= charsMax.words) return about;
  property.note(isFeature ? `is longer than ${charsMax.words} characters: left out` : 'is left out', {
    at: 'description',
  });
  return undefined;
}
