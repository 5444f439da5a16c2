import { readFile } from 'node:fs/promises';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseContract } from '../../contracts/spec/contract-document.ts';
import { contractDocumentOf } from '../../domain/contract/document/contract-document.ts';
import { contractRuleKinds } from '../../domain/spec/closed-sets.ts';
import { createRandom } from '../../statistics/numeric/random.ts';
import { anyContract } from '../../../tests/worlds/any-contract.ts';
import { exportOdcs } from '../write/export-odcs.ts';
import { importOdcs } from './import-odcs.ts';
import { readYaml, writeYaml } from '../terms/yaml.ts';

const seeds = Array.from({ length: 24 }, (_, index) => `contract ${index}`);
const about = { version: '3', status: 'active', purpose: 'Hold "odd" payments: no', owner: 'risk' } as const;

const schema: object = JSON.parse(
  await readFile(new URL('../../../tests/fixtures/odcs/odcs-json-schema-v3.1.0.json', import.meta.url), 'utf8'),
);
// The schema has formats and a keyword of its own, which say nothing about whether a document is valid.
const isOdcs = new Ajv2019({ strict: false, validateFormats: false, allErrors: true }).compile(schema);

describe('a contract as a document of the standard', () => {
  test.each(seeds)('is valid by its official schema, and comes back equal: %s', (seed) => {
    const random = createRandom(seed);
    for (let round = 0; round < 5; round++) {
      const document = contractDocumentOf(anyContract(random));
      expect(parseContract(document)).toEqual(document);
      const text = writeYaml(exportOdcs(document, about));
      const read = readYaml(text);
      isOdcs(read);
      expect(isOdcs.errors, text).toBeNull();
      const imported = importOdcs(read, { object: null, name: null });
      expect(imported.document).toEqual(document);
      // What a contract has no place for is told.
      const told = ['version', 'id', 'name', 'status', 'description', 'team'];
      expect(imported.notes.map(({ path }) => path)).toEqual(told);
      expect(imported.notes.filter(({ isUnchecked }) => isUnchecked)).toEqual([]);
      // Readers of YAML 1.1, as most tools in Python are, see the same.
      expect(parse(text, { version: '1.1' })).toEqual(read);
    }
  });

  test('the seeds make every kind of rule', () => {
    const made = seeds.flatMap((seed) => {
      const random = createRandom(seed);
      return Array.from({ length: 10 }, () => anyContract(random)).flatMap(({ contract }) => contract.rules);
    });
    expect(new Set(made.map(({ rule }) => rule))).toEqual(new Set(contractRuleKinds));
  });

  test('what is changed in a word of the standard is changed in the contract', () => {
    const odcs = exportOdcs(
      contractDocumentOf({
        name: 'fraud',
        entity: null,
        eventTime: null,
        target: null,
        features: [
          { name: 'amount', kind: 'number', missing: 'refuse', min: 0 },
          { name: 'iban', kind: 'category', missing: 'allow' },
        ],
        contract: {
          quarantineShareMax: 0.1,
          rules: [
            { rule: 'length', id: 'l', column: 'iban', max: 34, severity: 'warn' },
            { rule: 'decimals', id: 'd', column: 'amount', precision: 10, scale: 2, severity: 'reject' },
          ],
        },
      }),
      about,
    );
    const edited = writeYaml(odcs)
      .replace('minimum: 0', 'minimum: 1')
      .replace('maxLength: 34', 'maxLength: 30')
      .replace('DECIMAL(10,2)', 'DECIMAL(8,3)');
    const { document, notes } = importOdcs(readYaml(edited), { object: null, name: null });
    expect(notes.filter(({ path }) => path.startsWith('schema'))).toEqual([]);
    expect(document.features[0]).toMatchObject({ min: 1 });
    expect(document.contract.rules).toEqual([
      { rule: 'length', id: 'l', column: 'iban', max: 30, severity: 'warn' },
      { rule: 'decimals', id: 'd', column: 'amount', precision: 8, scale: 3, severity: 'reject' },
    ]);
  });
});
