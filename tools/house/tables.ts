import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { rootDir } from '../../src/config.ts';
import { metricNames, metricRow } from '../../src/domain/metrics/metrics.ts';
import type { MetricUnit } from '../../src/domain/metrics/registry.ts';
import { folderEnds, tableEnds, type Ends } from '../../src/domain/record/ends.ts';
import { closedSets } from './closed-sets.ts';
import { linesOfKernel } from './kernel/kernel-table.ts';
import { rooms } from './rooms.mjs';
import { houseSchemas, textOfSchema } from './schemas.ts';

/** A table that a document shows and the code holds. It stands between two marks that name it and its source. */
export interface HouseTable {
  readonly name: string;
  readonly source: string;
  readonly page: string;
  lines(): readonly string[];
}

export const houseTables: readonly HouseTable[] = [
  { name: 'rooms', source: 'tools/house/rooms.mjs', page: 'docs/architecture.md', lines: linesOfRooms },
  { name: 'metrics', source: 'src/domain/metrics/registry.ts', page: 'docs/sdk.md', lines: linesOfMetrics },
  { name: 'table ends', source: 'src/domain/record/ends.ts', page: 'docs/operations.md', lines: linesOfTableEnds },
  { name: 'folder ends', source: 'src/domain/record/ends.ts', page: 'docs/operations.md', lines: linesOfFolderEnds },
  { name: 'words', source: 'tools/house/closed-sets.ts', page: 'docs/api.md', lines: linesOfClosedSets },
  { name: 'kernel', source: 'src/statistics', page: 'docs/kernel.md', lines: linesOfKernel },
];

/** The page with today's table between its two marks. */
export function withTable(text: string, { name, source, page, lines }: HouseTable): string {
  const begin = `<!-- ${name}: written by \`npm run house\` from ${source} -->`;
  const end = `<!-- ${name} end -->`;
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} lacks the marks ${begin} and ${end}.`);
  return `${text.slice(0, from)}${begin}\n\n${lines().join('\n')}\n\n${text.slice(to)}`;
}

function linesOfRooms(): readonly string[] {
  const rows = rooms.map(({ paths, folders = [], about }) => {
    const names = paths.map((name) => `[${name}${name.endsWith('.ts') ? '' : '/'}](../${name})`).join(', ');
    return `| ${names} | ${folders.map((folder) => `${folder}/`).join(' ')} | ${about} |`;
  });
  return ['| room | folders, in order | for |', '|---|---|---|', ...rows];
}

function linesOfTableEnds(): readonly string[] {
  return ['| table | its rows end |', '|---|---|', ...linesOfEnds(tableEnds)];
}

function linesOfFolderEnds(): readonly string[] {
  return ['| folder | what lies there ends |', '|---|---|', ...linesOfEnds(folderEnds)];
}

function linesOfEnds(ends: Ends): readonly string[] {
  return Object.entries(ends).map(([name, end]) => `| \`${name}\` | ${end} |`);
}

function linesOfClosedSets(): readonly string[] {
  const rows = closedSets.map(({ about, words }) => `| ${about} | ${words.map((word) => `\`${word}\``).join(', ')} |`);
  return ['| what | one of |', '|---|---|', ...rows];
}

const units: Readonly<Record<MetricUnit, string>> = {
  plain: '',
  share: 'share of rows',
  nats: 'nats',
  target: 'that of the target',
  money: 'money',
};

function linesOfMetrics(): readonly string[] {
  const rows = metricNames().map((name) => {
    const { title, about, tasks, better, unit, needsThreshold, needsValue, needsQuantile, interval } = metricRow(name);
    const scores = needsQuantile === true ? 'scores, by `trainer.quantile`' : 'scores';
    const judged = needsValue ? 'decisions and `value`' : needsThreshold ? 'decisions' : scores;
    const cells = [`\`${name}\``, title, about, tasks.join(', '), better, units[unit], judged, interval];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| metric | on pages | what it says | tasks | better is | unit | judges | interval |',
    `|${'---|'.repeat(8)}`,
    ...rows,
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const table of houseTables) {
    const page = path.join(rootDir, table.page);
    writeFileSync(page, withTable(readFileSync(page, 'utf8'), table));
  }
  for (const schema of houseSchemas) writeFileSync(path.join(rootDir, schema.page), textOfSchema(schema));
}
