/**
 * Lines of JSON in which each row of an entity is an empty line, and how many these are: the others stay as they are,
 * digit for digit, and in their places.
 */
export function blankLinesOf(
  text: string,
  keyColumns: readonly string[],
  entity: string,
): { readonly lines: string; readonly emptied: number } {
  let emptied = 0;
  const lines = text.split('\n').map((line) => {
    if (line === '' || !isOf(line, keyColumns, entity)) return line;
    emptied += 1;
    return '';
  });
  return { lines: lines.join('\n'), emptied };
}

function isOf(line: string, keyColumns: readonly string[], entity: string): boolean {
  const row = objectIn(line);
  // What is no row is read by nobody: it goes if the name stands in it.
  if (row === null) return line.includes(entity);
  return keyColumns.some((column) => {
    const cell = Object.hasOwn(row, column) ? row[column] : null;
    return (typeof cell === 'string' || typeof cell === 'number') && String(cell).trim() === entity.trim();
  });
}

function objectIn(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}
