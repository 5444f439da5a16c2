import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/**
 * Only src/db/traffic asks for predictions and labels, so that "as known then" is written once. The schema defines the
 * tables, migrations and the back-up handle them like all others; of the queries elsewhere only these name them.
 */
const exceptions: Readonly<Record<string, string>> = {
  'bench/pages-world.ts': 'it writes a world of many models at once, past the shipper',
};

const sources = ['src', 'activities', 'workflows', 'simulator', 'models', 'bench', 'tools', 'bin'].flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:tsx?|mjs)$/.test(name) && !/\.test\.tsx?$/.test(name))
    .map((name) => `${root}/${name}`),
);

const tables = '(?:prediction|label)';
const places: readonly RegExp[] = [
  // SQL in any case and broken over lines: `from prediction p`, `copy label (…)`, `, "label" l`.
  new RegExp(String.raw`\b(?:from|join|into|update|copy|table|only|using)\s+(?:public\.)?"?${tables}"?(?![\w-])`, 'i'),
  // Drizzle: an import of the table from the schema, or a member of the whole schema.
  new RegExp(String.raw`import\s*\{[^}]*\b${tables}\b[^}]*\}\s*from\s*'[^']*/schema/(?:index|traffic)\.ts'`),
  new RegExp(String.raw`\bschema\.${tables}\b`),
  new RegExp(String.raw`\bimport\s*\*\s*as\s+\w+\s+from\s*'[^']*/schema/`),
];

test.each([
  'sql`select 1 from\n   prediction p`',
  '"SELECT count(*) FROM label"',
  "client.query('update label l set x = 1')",
  '`copy prediction (${columns}) from stdin`',
  "import { counter, label } from '../schema/index.ts';",
  "import { prediction as p } from '../../src/db/schema/traffic.ts';",
  "import * as tables from '../schema/index.ts';",
  'db.select().from(schema.prediction)',
])('%s names a table of the traffic', (line) => {
  expect(namesTraffic(line)).toBe(true);
});

test.each([
  '// the decision differs\n// from label',
  "import { labelledPage } from '../traffic/read/labelled-rows.ts';",
  "import { window } from '../schema/index.ts';",
  'Array.from(labels)',
  'const label = row.label;',
  '"accepted from label-service"',
])('%s does not', (line) => {
  expect(namesTraffic(line)).toBe(false);
});

test('predictions and labels are read and written in src/db/traffic alone', () => {
  const found = sources.filter(
    (file) => !file.startsWith('src/db/traffic/') && namesTraffic(readFileSync(file, 'utf8')),
  );
  expect(sources.length).toBeGreaterThan(500);
  expect(found.toSorted()).toEqual(Object.keys(exceptions).toSorted());
});

test('the current label of a row is looked up in one place', () => {
  const found = sources.filter((file) => /order\s+by\s+(?:\w+\.)?label_seq\s+desc/.test(readFileSync(file, 'utf8')));
  expect(found).toEqual(['src/db/traffic/read/current-label.ts']);
});

function namesTraffic(source: string): boolean {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
  return places.some((place) => place.test(code));
}
