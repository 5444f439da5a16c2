import type { DataFormat } from '../../domain/spec/closed-sets.ts';

const endings: Readonly<Record<DataFormat, readonly string[]>> = {
  csv: ['.csv', '.csv.gz', '.csv.zst'],
  ndjson: ['.ndjson', '.ndjson.gz', '.ndjson.zst', '.jsonl', '.jsonl.gz', '.jsonl.zst'],
  parquet: ['.parquet'],
};

/**
 * Whether a key belongs to the source: by the pattern, or without one by the usual endings of the format. What begins
 * with a dot or an underscore, and what lies below such a folder, is somebody's scratch and never taken.
 */
export function keyFilter(format: DataFormat, pattern: string | undefined): (key: string) => boolean {
  const isMeant =
    pattern === undefined
      ? (key: string) => endings[format].some((ending) => key.toLowerCase().endsWith(ending))
      : (key: string) => matchesPattern(pattern, key);
  return (key) => !key.split('/').some((step) => /^[._]/.test(step)) && !key.endsWith('/') && isMeant(key);
}

/** `*` and `?` stand for characters of one step, `**` for any number of steps; everything else for itself. */
export function matchesPattern(pattern: string, key: string): boolean {
  return matchesAll(pattern.split('/'), key.split('/'), '**', matchesStep);
}

function matchesStep(pattern: string, step: string): boolean {
  return matchesAll([...pattern], [...step], '*', (sign, character) => sign === '?' || sign === character);
}

/**
 * The usual walk with one way back, to the last `many`: it takes the product of both lengths at most, where a regular
 * expression of many stars takes a power of them.
 */
function matchesAll(
  signs: readonly string[],
  parts: readonly string[],
  many: string,
  matchesOne: (sign: string, part: string) => boolean,
): boolean {
  let [sign, part] = [0, 0];
  let back: { readonly sign: number; part: number } | null = null;
  while (part < parts.length) {
    const wanted = signs[sign];
    if (wanted === many) back = { sign: ++sign, part };
    else if (wanted !== undefined && matchesOne(wanted, parts[part] ?? '')) [sign, part] = [sign + 1, part + 1];
    else if (back === null) return false;
    else [sign, part] = [back.sign, ++back.part];
  }
  return signs.slice(sign).every((rest) => rest === many);
}
