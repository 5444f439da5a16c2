import type { FeatureKind } from '../../domain/spec/spec.ts';

// Words of the Open Data Contract Standard 3.1.0 that reading and writing share.
// https://bitol-io.github.io/open-data-contract-standard/v3.1.0/

export const odcsVersion = 'v3.1.0';

/** Names what is ours: the custom property with what the standard has no word for, and the engine of our own rules. */
export const ownName = 'perennial';

/** One object of a document, as JSON has it. */
export type Members = Readonly<Record<string, unknown>>;

/** The operators of a check, each with what it lets the metric be. */
export const operators = {
  mustBe: 'exactly',
  mustNotBe: 'anything but',
  mustBeGreaterThan: 'above',
  mustBeGreaterOrEqualTo: 'at least',
  mustBeLessThan: 'below',
  mustBeLessOrEqualTo: 'at most',
  mustBeBetween: 'between',
  mustNotBeBetween: 'not between',
} as const;
export type Operator = keyof typeof operators;

export const logicalTypes: Record<FeatureKind, string> = {
  number: 'number',
  category: 'string',
  boolean: 'boolean',
  time: 'timestamp',
};

interface KindTraits {
  readonly isNumber: boolean;
  readonly isText: boolean;
  readonly isTime: boolean;
}

const none: KindTraits = { isNumber: false, isText: false, isTime: false };
const traits: Record<FeatureKind, KindTraits> = {
  number: { ...none, isNumber: true },
  category: { ...none, isText: true },
  boolean: none,
  time: { ...none, isTime: true },
};

/** What can be asked of a kind. */
export function traitsOf(kind: string): KindTraits {
  return new Map<string, KindTraits>(Object.entries(traits)).get(kind) ?? none;
}

/** Units of an agreement about time, the longest first; the first word of each is written. */
export const timeUnits = [
  { words: ['d', 'day', 'days'], ms: 86_400_000 },
  { words: ['h', 'hr', 'hour', 'hours'], ms: 3_600_000 },
  { words: ['min', 'minute', 'minutes'], ms: 60_000 },
  { words: ['s', 'sec', 'second', 'seconds'], ms: 1_000 },
  { words: ['ms', 'millisecond', 'milliseconds'], ms: 1 },
] as const;

/** How a rule of ours says that its bounds stand where the standard has a place for them. */
export const statedElsewhere = 'stated';

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Without what is undefined or empty. */
export function filled(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isMembers(value) && Object.keys(value).length === 0;
}
