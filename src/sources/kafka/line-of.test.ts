import avsc from 'avsc';
import { expect, test } from 'vitest';
import type { KafkaSource } from '../../domain/spec/source-spec.ts';
import type { Json } from '../../domain/words/canonical.ts';
import { lineMaker } from './line-of.ts';

type Schema = { readonly [member: string]: Json };
const record = (fields: Json): Schema => ({ type: 'record', name: 'Paid', fields });
const avro = record([
  { name: 'amount', type: 'double' },
  { name: 'country', type: 'string', default: 'unknown' },
  { name: 'mark', type: 'bytes', default: 'ÿ\u0000' },
]);
/** Two fields of one type, turned: read by the other's schema it would be wrong, and nothing would show it. */
const first = record([
  { name: 'fee', type: 'double' },
  { name: 'amount', type: 'double' },
]);
const second = record([
  { name: 'amount', type: 'int' },
  { name: 'country', type: 'string' },
]);

function lines(
  change: Partial<Exclude<KafkaSource['format'], 'json'>>,
  ...values: readonly Buffer[]
): readonly string[] {
  const lineOf = lineMaker({ kind: 'kafka', brokers: ['b:1'], topic: 'paid', format: { avro, ...change } });
  return values.map((value, offset) => lineOf(0, { offset, key: null, timeMs: 0, value }).text);
}

function written(id: number, schema: Schema, value: unknown): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(id, 1);
  return Buffer.concat([head, avsc.Type.forSchema(schema as unknown as avsc.Schema).toBuffer(value)]);
}

test('a message is read by the schema that its head names, and brought to the declared one', () => {
  const usual = '"mark":"/wA="';
  expect(
    lines(
      { writers: { '7': first, '4000000000': second } },
      written(7, first, { fee: 0.5, amount: 12.25 }),
      written(4_000_000_000, second, { amount: 3, country: 'FR' }),
    ),
  ).toEqual([
    `{"_kafka":"paid/0@0","amount":12.25,"country":"unknown",${usual}}`,
    `{"_kafka":"paid/0@1","amount":3,"country":"FR",${usual}}`,
  ]);
});

test('one of another schema, or without a head, is set aside with its reason and not guessed at', () => {
  const unknown = written(8, first, { fee: 0.5, amount: 12.25 });
  const said = lines({ writers: { '7': first } }, unknown, Buffer.of(1, 2, 3, 4, 5, 6), Buffer.of(0, 0, 0, 0, 7, 1));
  expect(said.map((line) => String(JSON.parse(line)).split(';')[0])).toEqual([
    'paid/0@0 was written by schema 8, which is not among `format.writers`',
    'paid/0@1 has no head of a registry',
    'paid/0@2 is not Avro of schema 7, or cannot be read as declared',
  ]);
});

test('a default of a record says what it says, null too, and leaves the rest to the fields', () => {
  const inner = record([
    { name: 'a', type: ['string', 'null'], default: 'usual' },
    { name: 'constructor', type: 'string', default: 'usual' },
  ]);
  const grown = record([
    { name: 'n', type: 'int' },
    { name: 'of', type: { ...inner, name: 'Of' }, default: { a: null } },
  ]);
  const before = record([{ name: 'n', type: 'int' }]);
  expect(lines({ avro: grown, writers: { '1': before } }, written(1, before, { n: 3 }))).toEqual([
    '{"_kafka":"paid/0@0","n":3,"of":{"a":null,"constructor":"usual"}}',
  ]);
});

test('a field that is written under its name is not read from the one that bears its alias', () => {
  const renamed = record([{ name: 'amount', aliases: ['fee'], type: 'double' }]);
  const both = record([
    { name: 'amount', type: 'double' },
    { name: 'fee', type: 'double' },
  ]);
  const old = record([{ name: 'fee', type: 'double' }]);
  const read = lines(
    { avro: renamed, writers: { '7': both, '8': old } },
    written(7, both, { amount: 12.25, fee: 0.5 }),
    written(8, old, { fee: 0.5 }),
  );
  expect(read.map((line) => JSON.parse(line).amount)).toEqual([12.25, 0.5]);
});
