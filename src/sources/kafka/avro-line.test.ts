import avsc from 'avsc';
import { describe, expect, test } from 'vitest';
import { readAvroSchema, type AvroRecord } from '../../domain/spec/avro/avro-schema.ts';
import type { Json } from '../../domain/words/canonical.ts';
import { avroMembers } from './avro-line.ts';

// What is read here is written by another implementation.

function typeOf(schema: Json): AvroRecord {
  const read = readAvroSchema(schema);
  if ('problem' in read) throw new Error(`${read.path.join('.')}: ${read.problem}`);
  return read;
}

const record = (fields: Json): Json => ({ type: 'record', name: 'Row', namespace: 'shop', fields });

function written(schema: Json, value: unknown): Buffer {
  return avsc.Type.forSchema(schema as avsc.Schema, { wrapUnions: 'always' }).toBuffer(value);
}

function readBack(schema: Json, value: unknown): unknown {
  return JSON.parse(`{${avroMembers(typeOf(schema), written(schema, value))}}`);
}

test('every type of Avro comes back as it was written', () => {
  const schema = record([
    { name: 'nothing', type: 'null' },
    { name: 'yes', type: 'boolean' },
    { name: 'small', type: 'int' },
    { name: 'large', type: 'long' },
    { name: 'half', type: 'float' },
    { name: 'ratio', type: 'double' },
    { name: 'words', type: 'string' },
    { name: 'maybe', type: ['null', 'string'] },
    { name: 'colour', type: { type: 'enum', name: 'Colour', symbols: ['RED', 'BLUE'] } },
    { name: 'again', type: 'Colour' },
    { name: 'list', type: { type: 'array', items: 'int' } },
    { name: 'table', type: { type: 'map', values: 'double' } },
    { name: 'blob', type: 'bytes' },
    { name: 'four', type: { type: 'fixed', name: 'Four', size: 4 } },
    {
      name: 'inner',
      type: ['null', { type: 'record', name: 'Inner', fields: [{ name: 'next', type: ['null', 'Inner'] }] }],
    },
  ]);
  const row = {
    nothing: null,
    yes: true,
    small: -1_000_000,
    large: Number.MAX_SAFE_INTEGER - 1,
    half: 0.5,
    ratio: -1.1e-300,
    words: 'Zürich "🜁"\n',
    maybe: { string: 'x' },
    colour: 'BLUE',
    again: 'RED',
    list: [1, -2, 3],
    table: { a: 1.5 },
    blob: Buffer.from([0, 255]),
    four: Buffer.from([1, 2, 3, 4]),
    inner: { 'shop.Inner': { next: { 'shop.Inner': { next: null } } } },
  };
  expect(readBack(schema, row)).toEqual({
    ...row,
    maybe: 'x',
    blob: 'AP8=',
    four: 'AQIDBA==',
    inner: { next: { next: null } },
  });
});

test('no digit is lost: longs beyond 2^53, decimals, times finer than milliseconds', () => {
  const schema = record([
    { name: 'id', type: 'long' },
    { name: 'least', type: 'long' },
    { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 20, scale: 2 } },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-micros' } },
    { name: 'before', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'wall', type: { type: 'long', logicalType: 'local-timestamp-millis' } },
    { name: 'day', type: { type: 'int', logicalType: 'date' } },
    { name: 'other', type: { type: 'int', logicalType: 'time-millis' } },
    { name: 'uuid', type: { type: 'fixed', name: 'Id', size: 16, logicalType: 'uuid' } },
  ]);
  const zigzag = (value: bigint): Buffer => {
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    const bytes: number[] = [];
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    return Buffer.from([...bytes, Number(rest)]);
  };
  const bytes = Buffer.concat([
    ...[9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n].map(zigzag),
    Buffer.from([4, 0xff, 0x85]),
    ...[1_767_225_600_123_456n, -1n, 0n, -1n, 7n].map(zigzag),
    Buffer.from('6ba7b8109dad11d180b400c04fd430c8', 'hex'),
  ]);
  expect(avroMembers(typeOf(schema), bytes)).toBe(
    '"id":9223372036854775807,"least":-9223372036854775808,"price":-1.23,"at":"2026-01-01T00:00:00.123456Z",' +
      '"before":"1969-12-31T23:59:59.999Z","wall":"1970-01-01T00:00:00.000","day":"1969-12-31","other":7,' +
      '"uuid":"6ba7b810-9dad-11d1-80b4-00c04fd430c8"',
  );
});

test('whatever was cut, lengthened or made up is refused and nothing else is thrown', () => {
  const schema = record([
    { name: 'words', type: 'string' },
    { name: 'list', type: { type: 'array', items: ['null', 'double'] } },
    { name: 'colour', type: { type: 'enum', name: 'Colour', symbols: ['RED', 'BLUE'] } },
  ]);
  const type = typeOf(schema);
  const bytes = written(schema, { words: 'abc', list: [null, { double: 1 }], colour: 'RED' });
  for (let length = 0; length < bytes.length; length++)
    expect(() => avroMembers(type, bytes.subarray(0, length))).toThrow(RangeError);
  expect(() => avroMembers(type, Buffer.concat([bytes, Buffer.of(0)]))).toThrow('left behind');
  let seed = 1;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) & 255;
  let refused = 0;
  for (let round = 0; round < 2_000; round++) {
    const noise = Buffer.from(bytes);
    noise[random() % noise.length] = random();
    noise[random() % noise.length] = random();
    try {
      JSON.parse(`{${avroMembers(type, noise)}}`);
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(100);
  // A list of nulls takes no bytes: 2^40 of them.
  const nulls = typeOf(record([{ name: 'list', type: { type: 'array', items: 'null' } }]));
  expect(() => avroMembers(nulls, Buffer.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x40, 0))).toThrow('too many cells');
  const endless = typeOf(record([{ name: 'next', type: ['null', 'Row'] }]));
  expect(() => avroMembers(endless, Buffer.alloc(1_000, 2))).toThrow('too deep');
});

describe('a schema that is none is told where', () => {
  const field = (type: Json): Json => record([{ name: 'a', type }]);
  test.each<readonly [Json, readonly (string | number)[], string]>([
    ['string', [], 'must be a record: its fields are the columns'],
    [{ type: 'record', name: 'Row' }, ['fields'], 'must list its fields'],
    [{ type: 'record', fields: [] }, ['fields'], 'must list its fields'],
    [field('strnig'), ['fields', 0, 'type'], 'must be a type of Avro, or one that is declared before'],
    [field([]), ['fields', 0, 'type'], 'must name at least one type'],
    [field({ type: 'array' }), ['fields', 0, 'type'], 'must have a member "items"'],
    [field({ type: 'fixed', name: 'F', size: -1 }), ['fields', 0, 'type', 'size'], 'must be an integer from 0 to 4096'],
    [
      record([{ name: 'a-b', type: 'int' }]),
      ['fields', 0, 'name'],
      'must be a name of letters, digits and underscores',
    ],
    [
      record([
        { name: 'a', type: 'int' },
        { name: 'a', type: 'int' },
      ]),
      ['fields', 1, 'name'],
      'must not occur twice',
    ],
  ])('%j', (schema, path, problem) => {
    expect(readAvroSchema(schema)).toEqual({ path, problem });
  });

  test('one that is nested without end', () => {
    let deep: Json = 'int';
    for (let depth = 0; depth < 10_000; depth++) deep = { type: 'array', items: deep };
    expect(readAvroSchema(field(deep))).toMatchObject({ problem: 'must not be nested so deeply' });
  });
});
