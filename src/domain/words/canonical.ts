/** What JSON can hold; objects may have undefined members, which are left out. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * One text for one value (RFC 8785, JSON Canonicalization Scheme): members sorted by UTF-16 code units, no spaces,
 * numbers as ECMAScript writes them. Two equal specs have one digest whatever order they were written in.
 * Throws TypeError on what JSON cannot hold (NaN, bigint, functions, cycles deeper than 64 levels).
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

/** Deeper than any document of ours; stops a cycle before the stack does. */
const depthMax = 64;

function write(value: unknown, depth: number): string {
  if (depth > depthMax) throw new TypeError('canonical JSON: nested too deeply (a cycle?)');
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`canonical JSON: ${value} has no JSON form`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item: unknown) => write(item, depth + 1)).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`canonical JSON: a ${typeof value} has no JSON form`);
  // Default sort compares UTF-16 code units, as the RFC asks; a locale-aware sort would differ between machines.
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${write(member, depth + 1)}`);
  return `{${members.join(',')}}`;
}
