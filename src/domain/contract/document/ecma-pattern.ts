/** A pattern that a whole text has to be, as one that a text has to hold. */
export function searchOfWhole(pattern: string): string {
  return `^(?:${pattern})$`;
}

/**
 * A pattern that a text has to hold, as ECMA-262 and JSON Schema mean it, as one that the whole text has to be. What
 * `searchOfWhole` wrote comes back as it was.
 */
export function wholeOfSearch(search: string): string {
  const wrapped = /^\^\(\?:(.*)\)\$$/s.exec(search)?.[1];
  if (wrapped !== undefined && closesNothing(wrapped)) return wrapped;
  // Without an alternative both anchors are about the whole, and nothing else is.
  const anchored = /^\^([^|^$\\]*)\$$/.exec(search)?.[1];
  if (anchored !== undefined && anchored !== '') return anchored;
  return `(?s:.*)(?:${search})(?s:.*)`;
}

/** Whether no parenthesis of it closes one that was opened before it. */
function closesNothing(pattern: string): boolean {
  let depth = 0;
  for (const token of tokensOf(pattern)) {
    if (token === '(') depth++;
    else if (token === ')') depth--;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** Characters with what escapes them, and classes whole. */
function tokensOf(pattern: string): readonly string[] {
  return pattern.match(/\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/g) ?? [];
}

/** What both languages read alike: plain characters, plain escapes, simple classes, groups that are not captured. */
const sharedTokens = /^(?:\\[dDwWtnrfv.*+?()[\]{}|^$/\\-]|[^\\[\].])$/u;
const sharedClass = /^\[\^?(?:\\[dDwWtnrfv.*+?()[\]{}|^$/\\-]|[^\\[\]&~-]|[A-Za-z0-9]-[A-Za-z0-9])+\]$/u;

/**
 * An RE2 pattern for a whole text as a pattern of JSON Schema (ECMA-262 with the flag `u`) that holds for the same
 * texts; null where the two languages may differ.
 */
export function ecmaOfWhole(pattern: string): string | null {
  if (/\(\?(?!:)/.test(pattern) || /[*+?}][+]/.test(pattern)) return null;
  let text = '';
  for (const token of pattern.match(/\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/gu) ?? []) {
    // A point is no line feed in RE2; in ECMA-262 three more characters are none.
    if (token === '.') text += String.raw`[^\n]`;
    else if (token.length > 2 ? sharedClass.test(token) : sharedTokens.test(token)) text += unescaped(token);
    else return null;
  }
  const search = searchOfWhole(text);
  try {
    void new RegExp(search, 'u');
    return search;
  } catch {
    return null;
  }
}

/** With the flag `u` a dash may be escaped in a class alone. */
function unescaped(token: string): string {
  return token === String.raw`\-` ? '-' : token;
}
