import { expect, test } from 'vitest';
import { readSources, withoutComments } from '../worlds/sources.ts';

/**
 * Only src/db/traffic asks for predictions and labels, so that "as known then" is written once. The schema defines the
 * tables, migrations and the back-up handle them like all others; of the queries elsewhere only these name them.
 */
const exceptions: Readonly<Record<string, string>> = {
  'bench/lookup-world.ts': 'it writes a log that is years old, past the shipper',
  'bench/pages-world.ts': 'it writes a world of many models at once, past the shipper',
  'src/db/installation/storage.ts': 'it asks how large the tables are, of the youngest rows of each model',
  'src/db/retention/remove-of-model.ts': 'it deletes, by position, what has reached its end',
};

const sources = readSources();

const tables = '(?:prediction|label)';
const places: readonly RegExp[] = [
  // SQL in any case and broken over lines: `from prediction p`, `copy label (…)`, `, "label" l`.
  new RegExp(
    String.raw`(?<!<)\b(?:from|join|into|update|copy|table|only|using)\s+(?:public\.)?"?${tables}"?(?![\w-])`,
    'i',
  ),
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
  '<Table label="What moved" />',
])('%s does not', (line) => {
  expect(namesTraffic(line)).toBe(false);
});

test('predictions and labels are read and written in src/db/traffic alone', () => {
  const found = sources.filter(({ file, code }) => !file.startsWith('src/db/traffic/') && namesTraffic(code));
  expect(sources.length).toBeGreaterThan(500);
  expect(found.map(({ file }) => file).toSorted()).toEqual(Object.keys(exceptions).toSorted());
});

test('the current label of a row is looked up in one place', () => {
  const found = sources.filter(({ code }) => /received_at\s+desc,\s+(?:\w+\.)?label_seq\s+desc/.test(code));
  expect(found.map(({ file }) => file)).toEqual(['src/db/traffic/read/current-label.ts']);
});

function namesTraffic(source: string): boolean {
  return places.some((place) => place.test(withoutComments(source)));
}
