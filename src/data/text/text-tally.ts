import { cut } from '../../domain/words/cut.ts';
import type { UnreadableRule } from '../../domain/spec/closed-sets.ts';
import type { LineAccount } from '../../domain/training/line-account.ts';
import type { TextWriter } from './text-writer.ts';

type Writable<Value> = { -readonly [Name in keyof Value]: Value[Name] };

/** What one pass over a text has seen; it grows while the pass goes on. */
export interface TextTally {
  readonly account: Writable<LineAccount>;
  /** Rows set aside by the reader, by why, with the line of the first. */
  readonly unreadable: Map<UnreadableRule, { rows: number; readonly line: number }>;
  /** Rows with other than ASCII characters that are UTF-8, and rows that are not. */
  readonly encoding: { valid: number; invalid: number };
  /** Bytes of the longest row. */
  longestBytes: number;
  /** The row that takes most physical lines, and how many rows take more than one. */
  readonly tallest: { line: number; lines: number; rows: number };
  /** Line of the first header line that stands again. */
  repeatedHeaderLine: number | null;
  /** The first stray quote that would have swallowed others, and how many lines it would have taken. */
  strayQuote: { readonly line: number; readonly lines: number } | null;
}

export function emptyTally(): TextTally {
  return {
    account: {
      lines: 0,
      header: 0,
      rows: 0,
      continued: 0,
      unreadable: 0,
      blank: 0,
      preamble: 0,
      comment: 0,
      repeatedHeader: 0,
    },
    unreadable: new Map(),
    encoding: { valid: 0, invalid: 0 },
    longestBytes: 0,
    tallest: { line: 0, lines: 0, rows: 0 },
    repeatedHeaderLine: null,
    strayQuote: null,
  };
}

/** Characters of a line that was set aside: the rest of a longer one is cut off. */
const rawCharactersMax = 1_000_000;

/** Writes and counts lines that are no rows: line, rows before it, rule, and the line as it came. */
export function rejectWriter(out: TextWriter, { account, unreadable }: TextTally) {
  return (rule: UnreadableRule, line: number, raw: Buffer): void => {
    account.unreadable++;
    const known = unreadable.get(rule);
    if (known === undefined) unreadable.set(rule, { rows: 1, line });
    else known.rows++;
    const text = cut(raw.toString('utf8'), rawCharactersMax)
      .replace(/[\r\n]+$/, '')
      // A NUL would end the text for some readers; its symbol is seen by all of them.
      .replaceAll('\u0000', '\u2400')
      .replaceAll('"', '""');
    out.text(`${line},${account.rows},${rule},"${text}"\n`);
  };
}
