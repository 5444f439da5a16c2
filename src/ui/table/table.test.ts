import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { rootDir } from '../../config.ts';
import { Table, type Column } from './table.tsx';

interface Row {
  readonly name: string;
  readonly amount: number;
}

const columns: readonly Column<Row>[] = [
  { head: 'name', cell: (row) => row.name, isHeading: true, href: (row) => `/models/${row.name}` },
  { head: 'amount', cell: (row) => `${row.amount} EUR`, isNumber: true, sortKey: (row) => String(row.amount) },
];
const rows = [{ name: '<b>"x"</b>', amount: 2 }];

test('a column is declared once and fills its head and its cells', () => {
  const html = String(
    Table({ label: 'Amounts', columns, rows, isSortable: true, rowId: (row) => `row-${row.amount}` }),
  );
  expect(html).toBe(
    '<div class="scroll" tabindex="0" role="group" aria-label="Amounts"><table data-sort="true"><thead><tr>' +
      '<th scope="col">name</th><th scope="col" class="num">amount</th></tr></thead><tbody><tr id="row-2">' +
      '<th scope="row"><a href="/models/&lt;b&gt;&quot;x&quot;&lt;/b&gt;">&lt;b&gt;&quot;x&quot;&lt;/b&gt;</a></th>' +
      '<td class="num" data-value="2">2 EUR</td></tr></tbody></table></div>',
  );
});

test('without rows it says so where it was told what to say, and is an empty table otherwise', () => {
  expect(String(Table({ label: 'Amounts', columns, rows: [], empty: 'None yet.' }))).toBe(
    '<p class="empty">None yet.</p>',
  );
  expect(String(Table({ label: 'Amounts', columns, rows: [], caption: 'none' }))).toContain('<caption>none</caption>');
});

test('nothing else draws a table, and nothing but the form folder reads the body of a request', async () => {
  const ui = path.join(rootDir, 'src', 'ui');
  const files = (await readdir(ui, { recursive: true })).filter((file) => /(?<!\.test)\.tsx?$/.test(file));
  const found = async (words: RegExp): Promise<readonly string[]> => {
    const texts = await Promise.all(files.map((file) => readFile(path.join(ui, file), 'utf8')));
    return files.filter((_, i) => words.test(texts[i] ?? ''));
  };
  expect(await found(/<table/)).toEqual(['table/table.tsx']);
  expect(await found(/parseBody|formData\(|URLSearchParams\(await|\.body \?\?/)).toEqual(['form/read-form.ts']);
});
