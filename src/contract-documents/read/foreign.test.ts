import { readFile, readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { isPerennialError } from '../../domain/words/errors.ts';
import { importOdcs, type ImportedContract } from './import-odcs.ts';
import { readYaml } from '../terms/yaml.ts';

const folder = new URL('../../../tests/fixtures/odcs/', import.meta.url);

async function example(name: string, object: string | null = null): Promise<ImportedContract> {
  return importOdcs(readYaml(await readFile(new URL(`${name}.odcs.yaml`, folder), 'utf8')), { object, name: null });
}

/** A document of one object of these properties, as somebody writes it. */
function written(properties: string, more = ''): ImportedContract {
  const head = 'apiVersion: v3.1.0\nkind: DataContract\nid: x\nversion: 1.0.0\nstatus: active\n';
  return importOdcs(readYaml(`${head}schema:\n- name: orders\n  properties:\n${properties}\n${more}`), {
    object: null,
    name: null,
  });
}

const unchecked = ({ notes }: ImportedContract) =>
  notes.filter(({ isUnchecked }) => isUnchecked).map(({ path, text }) => `${path}: ${text}`);
const lines = (items: readonly unknown[]) => items.map((item) => JSON.stringify(item));
const told = ({ notes }: ImportedContract) => notes.map(({ path }) => path);

const refusal = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    if (isPerennialError(error)) return error.message;
    throw error;
  }
  return 'was taken';
};

describe('documents of the standard that others wrote', () => {
  test('all data types of the standard', async () => {
    const imported = await example('all-data-types');
    expect(lines(imported.document.features)).toMatchInlineSnapshot(`
      [
        "{"name":"account_id","kind":"category","missing":"allow"}",
        "{"name":"txn_ref_date","kind":"time","missing":"allow"}",
        "{"name":"txn_timestamp","kind":"time","missing":"allow"}",
        "{"name":"txn_timestamp_tz","kind":"time","missing":"allow","timeZone":"Australia/Sydney"}",
        "{"name":"txn_time","kind":"category","missing":"allow"}",
        "{"name":"amount","kind":"number","missing":"allow","min":0}",
        "{"name":"age","kind":"number","missing":"allow","integer":true,"min":18}",
        "{"name":"is_open","kind":"boolean","missing":"allow"}",
      ]
    `);
    expect(lines(imported.document.contract.rules)).toMatchInlineSnapshot(`
      [
        "{"id":"length-account_id","rule":"length","column":"account_id","max":11,"min":11,"severity":"quarantine"}",
        "{"id":"pattern-account_id","rule":"pattern","column":"account_id","pattern":"(?s:.*)(?:ACC[0-9]{8})(?s:.*)","severity":"quarantine"}",
        "{"id":"txn_ref_date-le-2021-01-01","rule":"compare","left":"txn_ref_date","op":"<=","right":{"value":"2021-01-01"},"severity":"quarantine"}",
        "{"id":"txn_ref_date-gt-2020-01-01","rule":"compare","left":"txn_ref_date","op":">","right":{"value":"2020-01-01"},"severity":"quarantine"}",
        "{"id":"txn_timestamp-ge-2020-01-01_00_00_00-gwk2qc","rule":"compare","left":"txn_timestamp","op":">=","right":{"value":"2020-01-01 00:00:00"},"severity":"quarantine"}",
        "{"id":"txn_timestamp-le-2021-01-01_00_00_00-12qicpi","rule":"compare","left":"txn_timestamp","op":"<=","right":{"value":"2021-01-01 00:00:00"},"severity":"quarantine"}",
        "{"id":"txn_timestamp_tz-ge-2020-01-01_00_00_00_10_00-1y4gi0b","rule":"compare","left":"txn_timestamp_tz","op":">=","right":{"value":"2020-01-01 00:00:00+10:00"},"severity":"quarantine"}",
        "{"id":"txn_timestamp_tz-le-2021-01-01_00_00_00_10_00-1kt7rwl","rule":"compare","left":"txn_timestamp_tz","op":"<=","right":{"value":"2021-01-01 00:00:00+10:00"},"severity":"quarantine"}",
        "{"id":"age-lt-100","rule":"compare","left":"age","op":"<","right":{"value":100},"severity":"quarantine"}",
      ]
    `);
    expect(unchecked(imported)).toMatchInlineSnapshot(`
      [
        "schema[0].properties[4].logicalType: a time of day is taken as text",
        "schema[0].properties[4].logicalTypeOptions.minimum: has no rule here: not checked",
        "schema[0].properties[4].logicalTypeOptions.maximum: has no rule here: not checked",
        "schema[0].properties[4].logicalTypeOptions.format: has no rule here: not checked",
        "schema[0].properties[4].logicalTypeOptions.timezone: has no rule here: not checked",
        "schema[0].properties[5].logicalTypeOptions.format: how many bits a number has is not checked",
        "schema[0].properties[8]: "array" is no cell of a table: no column is made of it",
        "schema[0].properties[9]: "object" is no cell of a table: no column is made of it",
      ]
    `);
  });

  test('the full example: a composite key, freshness by an agreement of another table, relationships', async () => {
    const imported = await example('full-example', 'receivers');
    expect(lines(imported.document.contract.rules)).toMatchInlineSnapshot(`
      [
        "{"id":"length-id-physical","rule":"length","column":"id","max":18,"severity":"quarantine"}",
        "{"id":"unique-id","rule":"unique","columns":["id"],"severity":"quarantine"}",
        "{"id":"length-country_code-physical","rule":"length","column":"country_code","max":2,"severity":"quarantine"}",
        "{"id":"length-receiver_name-physical","rule":"length","column":"receiver_name","max":255,"severity":"quarantine"}",
        "{"id":"length-receiver_type-physical","rule":"length","column":"receiver_type","max":20,"severity":"quarantine"}",
        "{"id":"key-id-country_code","rule":"unique","columns":["id","country_code"],"severity":"quarantine"}",
      ]
    `);
    expect(unchecked(imported)).toMatchInlineSnapshot(`
      [
        "slaProperties[0]: names no column of this object",
        "schema[1].properties[3].relationships: has no rule here: not checked",
      ]
    `);
    const other = await example('full-example', 'tbl');
    expect(other.document.features.map(({ name, kind, missing }) => `${name} ${kind} ${missing}`))
      .toMatchInlineSnapshot(`
      [
        "transaction_reference_date time allow",
        "rcvr_id category refuse",
        "rcvr_cntry_code category refuse",
      ]
    `);
    expect(lines(other.document.contract.rules)).toMatchInlineSnapshot(`
      [
        "{"id":"length-rcvr_id-physical","rule":"length","column":"rcvr_id","max":18,"severity":"quarantine"}",
        "{"id":"length-rcvr_cntry_code-physical","rule":"length","column":"rcvr_cntry_code","max":2,"severity":"quarantine"}",
        "{"id":"row-count","rule":"rowCount","min":1000001,"severity":"reject"}",
        "{"id":"key-rcvr_id","rule":"unique","columns":["rcvr_id"],"severity":"quarantine"}",
      ]
    `);
    expect(unchecked(other)).toMatchInlineSnapshot(`
      [
        "slaProperties[0]: names no column of this object",
        "schema[0].properties[1].relationships: has no rule here: not checked",
        "schema[0].relationships: has no rule here: not checked",
      ]
    `);
  });

  test('checks of quality: custom engines, tolerated shares, completeness', async () => {
    expect(unchecked(await example('column-custom'))).toMatchInlineSnapshot(`
      [
        "schema[0].properties[0].quality[0]: is a rule of "soda": not checked",
        "schema[0].properties[0].quality[1]: is a rule of "soda": not checked",
      ]
    `);
    expect(unchecked(await example('column-validity'))).toMatchInlineSnapshot(`
      [
        "schema[0].properties[0].quality[0]: some invalid values are allowed, which no rule here says",
      ]
    `);
    expect(unchecked(await example('column-accuracy'))).toMatchInlineSnapshot(`
      [
        "schema[0].properties[0].quality[0]: is SQL of another engine: not checked",
      ]
    `);
    expect(lines((await example('column-completeness')).document.features)).toMatchInlineSnapshot(`
      [
        "{"name":"UniqueID","kind":"number","missing":"refuse"}",
      ]
    `);
  });

  test('every member of every example is taken or told', async () => {
    const files = (await readdir(folder)).filter((name) => name.endsWith('.odcs.yaml'));
    expect(files.length).toBeGreaterThan(6);
    for (const file of files) {
      const given = readYaml(await readFile(new URL(file, folder), 'utf8')) as { schema?: { name: string }[] };
      for (const { name } of given.schema ?? []) {
        // The examples of kinds of objects have some without columns.
        if (
          file === 'all-schema-types.odcs.yaml' &&
          refusal(() => importOdcs(given, { object: name, name: null })) !== 'was taken'
        )
          continue;
        const paths = told(importOdcs(given, { object: name, name: null }));
        for (const member of ['servers', 'team', 'price', 'roles', 'support', 'tags', 'contractCreatedTs'])
          expect(paths.includes(member)).toBe(member in given);
      }
    }
  });

  test('lengths, patterns and sets in the ways that they can be said', () => {
    const imported = written(
      `
  - {name: id, logicalType: string, primaryKey: true, primaryKeyPosition: 2}
  - {name: shop, logicalType: string, primaryKey: true, primaryKeyPosition: 1}
  - {name: code, logicalType: string, physicalType: VARCHAR(3), logicalTypeOptions: {pattern: '^[A-Z]{3}$'}}
  - {name: note, logicalType: string, logicalTypeOptions: {pattern: 'a|b', format: email}}
  - {name: ahead, logicalType: string, logicalTypeOptions: {pattern: '(?=x)y'}}
  - {name: price, physicalType: "NUMERIC(10, 2)", logicalTypeOptions: {exclusiveMinimum: 0}}
  - {name: huge, logicalType: number, physicalType: "DECIMAL(38,10)"}
  - name: country
    logicalType: string
    quality:
    - {metric: invalidValues, mustBe: 0, arguments: {validValues: [DE, NL, 1]}, severity: error}
    - {type: sql, query: "select 1", mustBe: 1}
    - {type: text, description: "is right"}
    - {metric: nullValues, mustBeLessThan: 1, unit: percent, severity: warning, name: few-gaps}
  - name: at
    logicalType: timestamp
    logicalTypeOptions: {format: dd/MM/yyyy HH:mm, defaultTimezone: Europe/Berlin, minimum: "2020-01-01"}`,
      `
slaProperties:
- {property: latency, value: 2, unit: d, element: orders.at}
- {property: frequency, value: 1, unit: d}`,
    );
    expect(lines(imported.document.features)).toMatchInlineSnapshot(`
      [
        "{"name":"id","kind":"category","missing":"refuse"}",
        "{"name":"shop","kind":"category","missing":"refuse"}",
        "{"name":"code","kind":"category","missing":"allow"}",
        "{"name":"note","kind":"category","missing":"allow"}",
        "{"name":"ahead","kind":"category","missing":"allow"}",
        "{"name":"price","kind":"number","missing":"allow"}",
        "{"name":"huge","kind":"number","missing":"allow"}",
        "{"name":"country","kind":"category","missing":"allow","values":["DE","NL","1"]}",
        "{"name":"at","kind":"time","missing":"allow","dateOrder":"day-first","timeZone":"Europe/Berlin"}",
      ]
    `);
    expect(lines(imported.document.contract.rules)).toMatchInlineSnapshot(`
      [
        "{"id":"pattern-code","rule":"pattern","column":"code","pattern":"[A-Z]{3}","severity":"quarantine"}",
        "{"id":"length-code-physical","rule":"length","column":"code","max":3,"severity":"quarantine"}",
        "{"id":"pattern-note","rule":"pattern","column":"note","pattern":"(?s:.*)(?:a|b)(?s:.*)","severity":"quarantine"}",
        "{"id":"price-gt-0","rule":"compare","left":"price","op":">","right":{"value":0},"severity":"quarantine"}",
        "{"id":"decimals-price","rule":"decimals","column":"price","precision":10,"scale":2,"severity":"quarantine"}",
        "{"id":"few-gaps","rule":"missingShare","column":"country","severity":"warn","shareMax":0.01}",
        "{"id":"at-ge-2020-01-01","rule":"compare","left":"at","op":">=","right":{"value":"2020-01-01"},"severity":"quarantine"}",
        "{"id":"fresh-at","rule":"freshness","column":"at","ageMsMax":172800000,"severity":"warn"}",
        "{"id":"key-shop-id","rule":"unique","columns":["shop","id"],"severity":"quarantine"}",
      ]
    `);
    expect(unchecked(imported)).toMatchInlineSnapshot(`
      [
        "schema[0].properties[3].logicalTypeOptions.format: has no rule here: not checked",
        "schema[0].properties[6].physicalType: more than 15 digits cannot be counted",
        "schema[0].properties[7].quality[1]: is SQL of another engine: not checked",
        "schema[0].properties[7].quality[2]: is words for people: not checked",
        "schema[0].properties[4].logicalTypeOptions: rule pattern-ahead has a pattern that RE2 does not take: invalid or unsupported Perl syntax: \`(?=\`. RE2 has no look-around and no references to groups.",
      ]
    `);
  });
});

describe('documents that are none', () => {
  test.each([
    ['a list', '[]', 'it has no `kind: DataContract`'],
    ['another kind', 'kind: DataProduct', 'it has no `kind: DataContract`'],
    ['an older form', 'kind: DataContract\napiVersion: v2.2.2', 'its apiVersion is none of 3.x'],
    ['no schema', 'kind: DataContract\napiVersion: v3.1.0\nschema: []', 'has no schema'],
    ['a schema that is a text', 'kind: DataContract\napiVersion: v3.1.0\nschema: x', 'has no schema'],
    [
      'no columns',
      'kind: DataContract\napiVersion: v3.1.0\nschema: [{name: a}]',
      'features must have at least 1 items',
    ],
    ['two objects', 'kind: DataContract\napiVersion: v3.1.0\nschema: [{name: a}, {name: b}]', 'has the objects a, b'],
    [
      'a column twice',
      'kind: DataContract\napiVersion: v3.1.0\nschema: [{name: a, properties: [{name: A}, {name: a}]}]',
      'declared twice',
    ],
  ])('%s', (_, text, sentence) => {
    expect(refusal(() => importOdcs(readYaml(text), { object: null, name: null }))).toContain(sentence);
  });

  test('members that are of the wrong type are told, and named as they are', () => {
    const imported = written(`
  - {name: a, logicalType: string, required: "yes", logicalTypeOptions: [1], quality: {x: 1}, customProperties: [2]}
  - {name: __proto__, logicalType: string, logicalTypeOptions: {maxLength: many, __proto__: {x: 1}}}
  - {name: constructor, logicalType: constructor}
  - {name: toString, logicalType: integer, quality: [{metric: toString, mustBe: 0}, {metric: rowCount, mustBe: [1]}]}
  - {logicalType: string}`);
    expect(unchecked(imported)).toMatchInlineSnapshot(`
      [
        "schema[0].properties[0].customProperties[0]: is not read: it is no object",
        "schema[0].properties[0].logicalTypeOptions: is no object",
        "schema[0].properties[0].quality: is not read: it is not a list",
        "schema[0].properties[0].required: is not read: it is not true or false",
        "schema[0].properties[1].logicalTypeOptions: is no rule: max must be a finite number, not text.",
        "schema[0].properties[2]: "constructor" is no cell of a table: no column is made of it",
        "schema[0].properties[3].quality[0].metric: "toString" is no metric of the standard",
        "schema[0].properties[3].quality[0].mustBe: has no rule here: not checked",
        "schema[0].properties[3].quality[1].mustBe: has no rule here",
        "schema[0].properties[4]: has no name: no column is made of it",
      ]
    `);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});
