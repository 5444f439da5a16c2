import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { compileRowCheck } from '../../domain/contract/check-row.ts';
import { contractColumns, type ContractColumn } from '../../domain/contract/contract-columns.ts';
import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import { createRandom } from '../../statistics/numeric/random.ts';
import type { Random } from '../../statistics/numeric/random.ts';
import { anyContract } from '../../../tests/worlds/any-contract.ts';
import { dirtyContract, dirtyRow } from '../../../tests/worlds/dirty-rows.ts';
import { modelOpenApi } from '../openapi/model-openapi.ts';
import { fraud } from '../../../models/fraud.ts';
import { contractRowSchemaOf } from './contract-row-schema.ts';
import { parseSpec } from './parse-spec.ts';

const pick = <Item>(random: Random, items: readonly Item[]): Item | undefined => items[random.integer(items.length)];

const texts = [
  'DE',
  'no',
  'yes',
  '1e-7',
  'ab',
  'a',
  'aaaa',
  'aaaaaaaa',
  '',
  'ABC',
  '123',
  '😀😀',
  'x\ny',
  '.a-b',
  '\u2028',
];
const numbers = [0, -1, 5.5, 100, 1e21, -1e21, 1e-7, 2, 0.3];
const instants = ['2024-05-03T14:03:00Z', '2024-05-03T14:03:00.123+02:00', 1_700_000_000_000];

/** What JSON writes in a column of a role, and now and then something of another type. */
function cell(random: Random, { role, declared }: ContractColumn): unknown {
  if (random.next() < 0.1) return pick(random, [null, undefined, [], {}, [1]]);
  if (role === 'number') return random.next() < 0.1 ? pick(random, ['abc', true]) : pick(random, numbers);
  if (role === 'boolean') return random.next() < 0.1 ? pick(random, ['abc', 7]) : random.next() < 0.5;
  if (role === 'time') return random.next() < 0.1 ? pick(random, ['soon', false]) : pick(random, instants);
  const isDeclared = declared.words.length > 0 && random.next() < 0.7;
  return isDeclared ? pick(random, declared.words) : pick(random, texts);
}

/** The validator has no properties of this name. */
function namedContract(random: Random): RowsSpec {
  for (;;) {
    const spec = anyContract(random);
    if (!spec.features.some(({ name }) => name === '__proto__')) return spec;
  }
}

function judged(spec: RowsSpec) {
  const schema = contractRowSchemaOf(spec);
  const isTaken = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
  const left = new Set(schema['x-not-said'] as readonly string[]);
  const check = compileRowCheck(spec);
  return {
    schema,
    bySchema: (row: object) => isTaken(row),
    byRules: (row: Readonly<Record<string, unknown>>) => check(row).filter((id) => !left.has(id)),
    byAll: check,
  };
}

describe('JSON Schema of a contract', () => {
  test.each(Array.from({ length: 30 }, (_, index) => `schema ${index}`))(
    'takes and refuses the rows that the row check does, for the rules that it can say: %s',
    (seed) => {
      const random = createRandom(seed);
      const spec = namedContract(random);
      const { bySchema, byRules } = judged(spec);
      const columns = contractColumns(spec);
      let taken = 0;
      for (let row = 0; row < 300; row++) {
        const given = Object.fromEntries(columns.map((column) => [column.name, cell(random, column)]));
        const ids = byRules(given);
        expect(bySchema(given), JSON.stringify({ given, ids })).toBe(ids.length === 0);
        if (ids.length === 0) taken++;
      }
      expect(taken).toBeLessThan(300);
    },
  );

  test('what the row check refuses in values of any spelling, the schema never takes', () => {
    const random = createRandom('any spelling');
    let refused = 0;
    for (let round = 0; round < 30; round++) {
      const spec = dirtyContract(random);
      const { bySchema, byRules } = judged(spec);
      for (let row = 0; row < 100; row++) {
        const given = JSON.parse(JSON.stringify(dirtyRow(random))) as Record<string, unknown>;
        if (byRules(given).length === 0) continue;
        refused++;
        expect(bySchema(given), JSON.stringify({ given, ids: byRules(given) })).toBe(false);
      }
    }
    expect(refused).toBeGreaterThan(1_000);
  });

  test('the seeds leave rows of both kinds', () => {
    const counts = { taken: 0, refused: 0 };
    const random = createRandom('both');
    for (let round = 0; round < 30; round++) {
      const spec = namedContract(random);
      const { bySchema } = judged(spec);
      for (let row = 0; row < 100; row++) {
        const given = Object.fromEntries(contractColumns(spec).map((column) => [column.name, cell(random, column)]));
        counts[bySchema(given) ? 'taken' : 'refused']++;
      }
    }
    expect(counts.taken).toBeGreaterThan(50);
    expect(counts.refused).toBeGreaterThan(50);
  });
});

test('the example of a push fits the row that the description of its model has', () => {
  const spec = parseSpec({ ...fraud, source: { kind: 'push' } });
  const document = modelOpenApi(spec, 1) as {
    paths: Record<string, { post: { requestBody: { content: Record<string, { example: { rows: unknown[] } }> } } }>;
    components: { schemas: { ContractRow: object } };
  };
  const push = document.paths['/v1/models/fraud/rows']?.post.requestBody.content['application/json'];
  const isTaken = new Ajv2020({ strict: false, validateFormats: false }).compile(
    document.components.schemas.ContractRow,
  );
  expect(JSON.stringify(push)).toContain('#/components/schemas/ContractRow');
  expect(isTaken(push?.example.rows[0]), JSON.stringify(isTaken.errors)).toBe(true);
  expect(isTaken({})).toBe(false);
});
