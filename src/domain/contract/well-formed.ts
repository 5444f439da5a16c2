/**
 * Whether JSON can say it: a plain object whose texts and names are whole characters. Half of a pair of UTF-16 is none,
 * and no file of UTF-8 can hold it.
 */
export function isWellFormed(row: unknown): row is object {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return false;
  for (const name in row) {
    const value: unknown = (row as Record<string, unknown>)[name];
    if (typeof value === 'string' ? hasHalf(value) : typeof value === 'object' && hasHalfWithin(value)) return false;
    if (hasHalf(name)) return false;
  }
  return true;
}

function hasHalf(text: string): boolean {
  return /[\ud800-\udfff]/.test(text) && loneHalf.test(text);
}

const loneHalf = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

function hasHalfWithin(value: object | null): boolean {
  if (value === null) return false;
  return Object.entries(value).some(([name, inner]: [string, unknown]) => {
    if (hasHalf(name)) return true;
    return typeof inner === 'string' ? hasHalf(inner) : typeof inner === 'object' && hasHalfWithin(inner);
  });
}
