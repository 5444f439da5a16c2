import { sayCount, sayNumber } from '../../words/say.ts';
import { calibrationDrawing } from './calibration-drawing.ts';
import type { CardBlock, CardDocument, CardLine, CardPiece, CardSection } from './card-document.ts';
import { cardStyle } from './card-style.ts';
import { plainText } from './plain-text.ts';

/**
 * The card as one page that needs nothing else: no script, no picture, no font from elsewhere, and its own policy
 * forbids any. It prints as it stands.
 */
export function writeHtml({ title, lead, sections }: CardDocument): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="content-security-policy" content="${cardPolicy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(title)}</title>`,
    `<style>${cardStyle}</style>`,
    '</head>',
    '<body>',
    '<main>',
    `<h1>${escaped(title)}</h1>`,
    `<p>${line(lead)}</p>`,
    ...sections.map(section),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** What the page may do: show itself, in its own style. A style can load nothing under `default-src 'none'`. */
export const cardPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

function section({ id, title, blocks }: CardSection): string {
  return [`<section id="${escaped(id)}">`, `<h2>${escaped(title)}</h2>`, ...blocks.map(block), '</section>'].join('\n');
}

function block(of: CardBlock): string {
  switch (of.kind) {
    case 'paragraph':
      return `<p>${line(of.line)}</p>`;
    case 'list':
      return ['<ul>', ...of.lines.map((one) => `<li>${line(one)}</li>`), '</ul>'].join('\n');
    case 'table':
      return rows(of.head, of.rows);
    case 'calibration':
      return [
        calibrationDrawing(of.points),
        rows(
          ['probability that it said', 'share that came true', 'rows'],
          of.points.map(({ said, came, rows: count }) => [[sayNumber(said)], [sayNumber(came)], [sayCount(count)]]),
        ),
      ].join('\n');
  }
}

function rows(head: readonly string[], body: readonly (readonly CardLine[])[]): string {
  const heads = head.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join('');
  const lines = body.map((cells) => `<tr>${cells.map((cell) => `<td>${line(cell)}</td>`).join('')}</tr>`);
  return ['<table>', `<thead><tr>${heads}</tr></thead>`, '<tbody>', ...lines, '</tbody>', '</table>'].join('\n');
}

function line(pieces: CardLine): string {
  return pieces.map(piece).join('');
}

function piece(of: CardPiece): string {
  if (typeof of === 'string') return escaped(of);
  return 'code' in of ? `<code>${escaped(of.code)}</code>` : `<strong>${escaped(of.strong)}</strong>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return plainText(text).replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}
