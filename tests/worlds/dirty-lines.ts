import type { DirtyRow } from './dirty-rows.ts';

/** A row as a line of NDJSON. */
export const lineOf = (row: DirtyRow): string =>
  // `JSON.stringify` says null for what JSON could say, and a double cannot hold.
  JSON.stringify(row, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? (value > 0 ? '@@1e999' : '@@-1e999') : value,
  ).replaceAll(/"@@(-?1e999)"/g, '$1');

/** A row as CSV can say it: texts without blanks around them, without NUL and commas beside digits. */
export function cellsOf(row: DirtyRow): Readonly<Record<string, string>> {
  const texts = Object.entries(row).flatMap(([name, value]): [string, string][] => {
    if (value === null || typeof value === 'object' || name === 'half') return [];
    const text = typeof value === 'number' ? lineOf({ value }).slice(9, -1) : String(value);
    return [
      [
        name,
        text
          .replaceAll('\u0000', '~')
          .replaceAll(/(?<=\d),(?=\d)/g, '.')
          .replaceAll(/^[ \t\r]+|[ \t\r]+$/g, ''),
      ],
    ];
  });
  return Object.fromEntries(texts);
}

export function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
