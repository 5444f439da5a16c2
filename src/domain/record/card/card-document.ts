/**
 * A model card as parts that say nothing of how they are written, so that Markdown and HTML say the same and each
 * escapes in one place. Whatever stands in a string is text: no writer takes markup from it.
 */
export interface CardDocument {
  readonly title: string;
  readonly lead: CardLine;
  readonly sections: readonly CardSection[];
}

export interface CardSection {
  /** Of its heading in HTML, to link to: letters and `-`. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly CardBlock[];
}

/** One line of text; `code` is a name or digest as it is, `strong` the name of a fact. */
export type CardLine = readonly CardPiece[];
export type CardPiece = string | { readonly code: string } | { readonly strong: string };

export type CardBlock =
  | { readonly kind: 'paragraph'; readonly line: CardLine }
  | { readonly kind: 'list'; readonly lines: readonly CardLine[] }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      /** As many cells as the head has. */
      readonly rows: readonly (readonly CardLine[])[];
    }
  /** What was said against what came true; a table in Markdown, a drawing above it in HTML. */
  | { readonly kind: 'calibration'; readonly points: readonly CalibrationPoint[] };

export interface CalibrationPoint {
  readonly rows: number;
  /** Mean probability that was said, and share that came true, 0..1. */
  readonly said: number;
  readonly came: number;
}

export function paragraph(...line: CardLine): CardBlock {
  return { kind: 'paragraph', line };
}

export function list(lines: readonly CardLine[]): CardBlock {
  return { kind: 'list', lines };
}

export function table(head: readonly string[], rows: readonly (readonly CardLine[])[]): CardBlock {
  return { kind: 'table', head, rows };
}

/** `name: text` as a line of a list. */
export function fact(name: string, ...line: CardLine): CardLine {
  return [{ strong: `${name}:` }, ' ', ...line];
}

/** Names as code with commas between them. */
export function codes(names: readonly string[]): CardLine {
  return names.flatMap((code, index) => (index === 0 ? [{ code }] : [', ', { code }]));
}
