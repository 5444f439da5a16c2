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
  notes.filter(({ isUnchecked }) => isUnchecked).map(({ path, text }) => `${path}: ${text}`.slice(0, 105));
const lines = (items: readonly object[]) =>
  items.map((item) =>
    Object.values(item)
      // Of a rule that says nothing else.
      .filter((value) => value !== 'quarantine')
      .map((value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)))
      // An id repeats what its rule says.
      .slice('rule' in item ? 1 : 0)
      .join(' '),
  );
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
        "account_id category allow",
        "txn_ref_date time allow",
        "txn_timestamp time allow",
        "txn_timestamp_tz time allow Australia/Sydney",
        "txn_time category allow",
        "amount number allow 0",
        "age number allow true 18",
        "is_open boolean allow",
      ]
    `);
    expect(lines(imported.document.contract.rules)).toMatchInlineSnapshot(`
      [
        "length account_id 11 11",
        "pattern account_id (?s:.*)(?:ACC[0-9]{8})(?s:.*)",
        "compare txn_ref_date <= {"value":"2021-01-01"}",
        "compare txn_ref_date > {"value":"2020-01-01"}",
        "compare txn_timestamp >= {"value":"2020-01-01 00:00:00"}",
        "compare txn_timestamp <= {"value":"2021-01-01 00:00:00"}",
        "compare txn_timestamp_tz >= {"value":"2020-01-01 00:00:00+10:00"}",
        "compare txn_timestamp_tz <= {"value":"2021-01-01 00:00:00+10:00"}",
        "compare age < {"value":100}",
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
        "length id 18",
        "unique ["id"]",
        "length country_code 2",
        "length receiver_name 255",
        "length receiver_type 20",
        "unique ["id","country_code"]",
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
        "length rcvr_id 18",
        "length rcvr_cntry_code 2",
        "rowCount 1000001 reject",
        "unique ["rcvr_id"]",
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
        "UniqueID number refuse",
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
        "id category refuse",
        "shop category refuse",
        "code category allow",
        "note category allow",
        "ahead category allow",
        "price number allow",
        "huge number allow",
        "country category allow ["DE","NL","1"]",
        "at time allow day-first Europe/Berlin",
      ]
    `);
    expect(lines(imported.document.contract.rules)).toMatchInlineSnapshot(`
      [
        "pattern code [A-Z]{3}",
        "length code 3",
        "pattern note (?s:.*)(?:a|b)(?s:.*)",
        "compare price > {"value":0}",
        "decimals price 10 2",
        "missingShare country warn 0.01",
        "compare at >= {"value":"2020-01-01"}",
        "freshness at 172800000 warn",
        "unique ["shop","id"]",
      ]
    `);
    expect(unchecked(imported)).toMatchInlineSnapshot(`
      [
        "schema[0].properties[3].logicalTypeOptions.format: has no rule here: not checked",
        "schema[0].properties[6].physicalType: more than 15 digits cannot be counted",
        "schema[0].properties[7].quality[1]: is SQL of another engine: not checked",
        "schema[0].properties[7].quality[2]: is words for people: not checked",
        "schema[0].properties[4].logicalTypeOptions: rule pattern-ahead has a pattern that RE2 does not take: inva",
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

test('a document of more rules than any contract has is refused, before they are held against each other', () => {
  const check = '      - { type: library, metric: rowCount, name: c, mustBeGreaterOrEqualTo: 1 }\n';
  const many = `  - name: a\n    logicalType: string\n  quality:\n${check.slice(4).repeat(3_000)}`;
  expect(refusal(() => written(many))).toBe('The document asks for more than 2000 rules.');
});
