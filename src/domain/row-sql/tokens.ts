import { RowSqlFault } from './fault.ts';

export type Token =
  | { readonly kind: 'number'; readonly value: number; readonly written: string }
  | { readonly kind: 'text'; readonly value: string; readonly written: string }
  /** A word in lower case; `name` is as it was written. */
  | { readonly kind: 'word'; readonly value: string; readonly name: string; readonly written: string }
  | { readonly kind: 'quoted'; readonly name: string; readonly written: string }
  | { readonly kind: 'sign'; readonly value: string; readonly written: string };

const tokenPattern = new RegExp(
  [
    String.raw`(?<blank>[ \t\r\n]+)`,
    String.raw`(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)`,
    String.raw`(?<text>'(?:[^']|'')*')`,
    String.raw`(?<quoted>"(?:[^"]|"")+")`,
    String.raw`(?<word>[\p{L}_][\p{L}\p{N}_]*)`,
    String.raw`(?<sign><=|>=|<>|!=|[-+*/%=<>(),])`,
  ].join('|'),
  'uy',
);

/** Splits an expression. Throws RowSqlFault at the first character that begins nothing. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    refuseComment(text, at);
    tokenPattern.lastIndex = at;
    const match = tokenPattern.exec(text);
    if (match === null) throw unknownAt(text, at);
    const [written] = match;
    const token = tokenOf(written, match.groups ?? {});
    if (token !== null) tokens.push(token);
    at += written.length;
  }
  return tokens;
}

function tokenOf(written: string, groups: Readonly<Record<string, string | undefined>>): Token | null {
  if (groups['blank'] !== undefined) return null;
  if (groups['number'] !== undefined) return { kind: 'number', value: finite(written), written };
  if (groups['text'] !== undefined) return { kind: 'text', value: written.slice(1, -1).replaceAll("''", "'"), written };
  if (groups['quoted'] !== undefined)
    return { kind: 'quoted', name: written.slice(1, -1).replaceAll('""', '"'), written };
  if (groups['word'] !== undefined) return { kind: 'word', value: written.toLowerCase(), name: written, written };
  return { kind: 'sign', value: written === '!=' ? '<>' : written, written };
}

function finite(written: string): number {
  const value = Number(written);
  if (Number.isFinite(value)) return value;
  throw new RowSqlFault(`${written} is no number that a double can hold`, 'Write a smaller one.');
}

function refuseComment(text: string, at: number): void {
  const two = text.slice(at, at + 2);
  if (two !== '--' && two !== '/*') return;
  throw new RowSqlFault(`it has a comment (${two})`, 'Leave it out; two minus signs need a blank between them.');
}

function unknownAt(text: string, at: number): RowSqlFault {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (character === "'" || character === '"') return new RowSqlFault(`a ${character} is not closed`, 'Close it.');
  if (character === ';')
    return new RowSqlFault('it has a semicolon, and is one expression', 'Leave out the semicolon and what follows it.');
  return new RowSqlFault(
    `${JSON.stringify(character)} at character ${at + 1} is no part of an expression`,
    'Use + - * / %, comparisons, AND, OR, NOT, IS NULL, BETWEEN, IN, CASE and functions.',
  );
}
