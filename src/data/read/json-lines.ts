/** What a text that begins like JSON is: one object per line, one list, objects over several lines, or no JSON. */
export type JsonShape = 'lines' | 'list' | 'pretty' | null;

/** Lines that are looked at; with an object on one of them the others may be torn. */
const linesSampled = 100;

/** Told by the first lines. `[a],[b]` and `{a},{b}` are header lines of CSV. */
export function jsonShape(text: string): JsonShape {
  const trimmed = text.trimStart();
  const first = trimmed[0];
  if (first !== '{' && first !== '[') return null;
  const lines = trimmed.split(/\r\n|\n|\r/, linesSampled).filter((line) => line.trim() !== '');
  const values = lines.map(valueOf);
  if (values.some(isObject)) return 'lines';
  if (first === '[') {
    if (/^\[\s*(?:[{["\-\d\]]|true\b|false\b|null\b|$)/.test(trimmed) && !/^\[[^\]{]*\]\s*[,;\t|]/.test(trimmed))
      return 'list';
    return null;
  }
  return /^\{\s*(?:"(?:[^"\\]|\\.)*"\s*:|\}|$)/.test(trimmed) ? 'pretty' : null;
}

function valueOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
