import { sayNumber } from '../../words/say.ts';
import type { CalibrationPoint } from './card-document.ts';

const side = 200;
const margin = 30;

/** What was said (to the right) against what came true (upwards), and the line on which both are the same, as SVG. */
export function calibrationDrawing(points: readonly CalibrationPoint[]): string {
  const x = (share: number): string => place(margin + share * side);
  const y = (share: number): string => place(margin + (1 - share) * side);
  const marks = points.map(
    ({ said, came }) => `<circle cx="${x(said)}" cy="${y(came)}" r="3" fill="currentColor"></circle>`,
  );
  const path = points.map(({ said, came }) => `${x(said)},${y(came)}`).join(' ');
  const all = side + 2 * margin;
  const text = (at: string, up: string, anchor: string, words: string): string =>
    `<text x="${at}" y="${up}" text-anchor="${anchor}" font-size="9" fill="currentColor">${words}</text>`;
  return [
    `<svg viewBox="0 0 ${all} ${all}" role="img" aria-label="Calibration: ${points.length} groups of test rows">`,
    `<rect x="${margin}" y="${margin}" width="${side}" height="${side}" fill="none" stroke="currentColor"></rect>`,
    `<line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" stroke="currentColor" stroke-dasharray="4 4"></line>`,
    `<polyline points="${path}" fill="none" stroke="currentColor"></polyline>`,
    ...marks,
    text(x(0), String(all - margin + 12), 'start', sayNumber(0)),
    text(x(1), String(all - margin + 12), 'end', sayNumber(1)),
    text(x(0.5), String(all - margin + 24), 'middle', 'probability that it said'),
    text(x(0), String(margin - 8), 'start', 'share that came true, to 1'),
    '</svg>',
  ].join('\n');
}

function place(pixels: number): string {
  return String(Math.round(pixels * 10) / 10);
}
