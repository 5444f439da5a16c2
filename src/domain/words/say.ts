// Numbers as a person reads them, the same in every locale.

/**
 * Four significant digits, without an exponent between 0.0001 and a million; whole numbers with thousands separators.
 */
export function sayNumber(x: number): string {
  if (!Number.isFinite(x)) return String(x);
  if (Number.isInteger(x)) return sayCount(x);
  const size = Math.abs(x);
  if (size >= 10_000 && size < 1e15) return sayCount(Math.round(x));
  if (size < 1e-4 || size >= 1e15) return x.toExponential(2);
  return String(Number(x.toPrecision(4)));
}

/** `12,345`. */
export function sayCount(count: number): string {
  const text = String(Math.abs(count));
  return (count < 0 ? '-' : '') + (/^\d+$/.test(text) ? text.replace(/\B(?=(\d{3})+$)/g, ',') : text);
}

/** A share 0..1 as `3.2 %`. */
export function sayShare(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

/** `a, b or c`. */
export function sayChoice(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** `1 row`, `2 rows`. */
export function sayMany(count: number, one: string, many = `${one}s`): string {
  return `${sayCount(count)} ${count === 1 ? one : many}`;
}

/** `1 file`, `2,500 rows`: a count in a unit whose name is a plural. */
export function sayUnits(count: number, unit: string): string {
  return sayMany(count, unit.replace(/s$/, ''), unit);
}

/** What a source holds that was not read yet: `more than 10,000 rows`; `not counted` where that is not known. */
export function sayUnread(
  lag: { readonly unread: number; readonly unit: string; readonly isAtLeast: boolean } | null,
): string {
  if (lag === null) return 'not counted';
  return `${lag.isAtLeast ? 'more than ' : ''}${sayUnits(lag.unread, lag.unit)}`;
}

const byteUnits = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/**
 * `512 bytes`, `1.5 kB`, `20 GB`: two digits are as much as anybody compares; a unit is a thousand of the one before.
 */
export function sayBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  const shown = unit === 0 || Math.abs(value) >= 9.95 ? Math.round(value) : Math.round(value * 10) / 10;
  return `${shown} ${byteUnits[unit] ?? ''}`;
}
