import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { rooms } from './rooms.mjs';

const page = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..', 'docs', 'architecture.md');
const begin = '<!-- rooms: written by `npm run house` from tools/house/rooms.mjs -->';
const end = '<!-- rooms end -->';

/** The table of rooms as docs/architecture.md shows it. */
export function tableOfRooms() {
  const rows = rooms.map(({ paths, folders = [], about }) => {
    const names = paths.map((name) => `[${name}${name.endsWith('.ts') ? '' : '/'}](../${name})`).join(', ');
    return `| ${names} | ${folders.map((folder) => `${folder}/`).join(' ')} | ${about} |`;
  });
  return ['| room | folders, in order | for |', '|---|---|---|', ...rows].join('\n');
}

/** The page with today's table between its two marks. */
export function withTable(text) {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/architecture.md lacks the marks ${begin} and ${end}.`);
  return `${text.slice(0, from)}${begin}\n\n${tableOfRooms()}\n\n${text.slice(to)}`;
}

export const architecturePage = page;

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, withTable(readFileSync(page, 'utf8')));
