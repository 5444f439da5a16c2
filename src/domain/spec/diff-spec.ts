import { canonicalJson } from '../words/canonical.ts';
import { cut } from '../words/cut.ts';
import { charsMax } from '../words/limits.ts';

export interface SpecChange {
  /** `rollout.canary[0].percent`, `features.amount.max`. */
  readonly path: string;
  /** JSON text; null when the member is new. */
  readonly before: string | null;
  /** JSON text; null when the member is gone. */
  readonly after: string | null;
}

/**
 * What changed between two specs, in the order of the newer one. Lists of named things (features) are matched by name,
 * so that inserting one does not read as changing all that follow; a pure change of order is one line.
 */
export function diffSpecs(before: unknown, after: unknown): SpecChange[] {
  return diff('', before, after);
}

/** `~ rollout.alpha: 0.05 -> 0.01`; `+` for a new member, `-` for one that is gone. */
export function describeChange(change: SpecChange): string {
  if (change.before === null) return `+ ${change.path}: ${shown(change.after)}`;
  if (change.after === null) return `- ${change.path}: ${shown(change.before)}`;
  return `~ ${change.path}: ${shown(change.before)} -> ${shown(change.after)}`;
}

function diff(path: string, before: unknown, after: unknown): SpecChange[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined || after === undefined) return [{ path, before: textOf(before), after: textOf(after) }];
  if (canonicalJson(before) === canonicalJson(after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return diffLists(path, before, after);
  if (isObject(before) && isObject(after)) return diffMembers(path, before, after);
  return [{ path, before: textOf(before), after: textOf(after) }];
}

function diffMembers(path: string, before: Record<string, unknown>, after: Record<string, unknown>): SpecChange[] {
  const keys = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return keys.flatMap((key) => diff(path === '' ? key : `${path}.${key}`, before[key], after[key]));
}

function diffLists(path: string, before: readonly unknown[], after: readonly unknown[]): SpecChange[] {
  const older = byName(before);
  const newer = byName(after);
  if (older !== null && newer !== null) {
    const changes = diffMembers(path, older, newer);
    if (changes.length > 0) return changes;
    return [{ path: `${path} (order)`, before: textOf(Object.keys(older)), after: textOf(Object.keys(newer)) }];
  }
  // Short lists of plain values (classes, shares) read best whole.
  if ([...before, ...after].every((item) => !isObject(item)))
    return [{ path, before: textOf(before), after: textOf(after) }];
  const length = Math.max(before.length, after.length);
  return Array.from({ length }, (_, index) => diff(`${path}[${index}]`, before[index], after[index])).flat();
}

function byName(list: readonly unknown[]): Record<string, unknown> | null {
  const named = new Map<string, unknown>();
  for (const item of list) {
    if (!isObject(item)) return null;
    const name = item['name'] ?? item['id'];
    if (typeof name !== 'string' || named.has(name)) return null;
    named.set(name, item);
  }
  return Object.fromEntries(named);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | null {
  return value === undefined ? null : canonicalJson(value);
}

function shown(text: string | null): string {
  return text === null ? '' : cut(text, charsMax.specValue);
}
