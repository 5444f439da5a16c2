import { sayCount, sayNumber } from '../../words/say.ts';
import type { CardBlock, CardDocument, CardLine, CardPiece } from './card-document.ts';
import { plainText } from './plain-text.ts';

/** The card as Markdown; nothing in a text of somebody else makes a link, a tag, a table cell or a heading. */
export function writeMarkdown({ title, lead, sections }: CardDocument): string {
  const parts = [
    `# ${escaped(title)}`,
    opening(line(lead)),
    ...sections.flatMap((section) => [`## ${escaped(section.title)}`, ...section.blocks.map(block)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function block(of: CardBlock): string {
  switch (of.kind) {
    case 'paragraph':
      return opening(line(of.line));
    case 'list':
      return of.lines.map((one) => `- ${opening(line(one))}`).join('\n');
    case 'table':
      return rows(of.head, of.rows);
    case 'calibration':
      return rows(
        ['probability that it said', 'share that came true', 'rows'],
        of.points.map(({ said, came, rows: count }) => [[sayNumber(said)], [sayNumber(came)], [sayCount(count)]]),
      );
  }
}

function rows(head: readonly string[], body: readonly (readonly CardLine[])[]): string {
  const one = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    one(head.map(escaped)),
    `|${head.map(() => '---|').join('')}`,
    ...body.map((cells) => one(cells.map(line))),
  ].join('\n');
}

function line(pieces: CardLine): string {
  return pieces.map(piece).join('');
}

function piece(of: CardPiece): string {
  if (typeof of === 'string') return escaped(of);
  return 'code' in of ? code(of.code) : `**${escaped(of.strong)}**`;
}

/** What would make a list or a rule at the beginning of a line. */
function opening(text: string): string {
  return text.replace(/^\s*(?:([-+=])|(\d{1,9})([.)]))/, (_, sign?: string, digits?: string, end?: string) =>
    sign === undefined ? `${digits}\\${end}` : `\\${sign}`,
  );
}

function escaped(text: string): string {
  return (
    plainText(text)
      .replaceAll(/[\\`*_{}[\]<>|#!~&]/g, (character) => `\\${character}`)
      // Renderers make links of bare addresses.
      .replaceAll(/(https?|ftp|mailto|www)([:.])/gi, '$1\\$2')
  );
}

function code(text: string): string {
  return `\`${plainText(text).replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}
