import type { ComparisonSign } from '../spec/closed-sets.ts';
import { charsMax } from '../words/limits.ts';

/** Signs as the words that an id may hold. */
export const signWords: Record<ComparisonSign, string> = {
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  '=': 'eq',
  '!=': 'ne',
};

/**
 * The id of a rule that was given none: its parts, joined by `-`. What an id may not hold, or has no room for, becomes
 * a short digest, so that rules about different columns have different ids. The same parts give the same id.
 */
export function ruleIdOf(...parts: readonly string[]): string {
  const whole = parts.join('-');
  const plain = whole.replaceAll(/[^A-Za-z0-9_.-]+/g, '_');
  if (plain === whole && whole.length <= charsMax.ruleId) return whole;
  const digest = digestOf(whole);
  return `${plain.slice(0, charsMax.ruleId - digest.length - 1)}-${digest}`;
}

/** FNV-1a, 32 bits, over UTF-16: the client runs in browsers, where hashing is asynchronous. */
function digestOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return hash.toString(36);
}
