import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { readAvroSchema, type AvroRecord } from '../../domain/spec/avro/avro-schema.ts';
import { resolveAvro } from '../../domain/spec/avro/resolve-avro.ts';
import type { Json } from '../../domain/words/canonical.ts';
import { avroMembers } from './avro-line.ts';

// Written, and read by the rules of Avro, by fastavro: `bench/golden/avro.py`.

interface Case {
  readonly about: string;
  readonly writer: Json;
  readonly reader?: Json;
  readonly hex: string;
  readonly value?: unknown;
  readonly refused?: true;
}

// oxlint-disable-next-line no-unsafe-type-assertion -- what is otherwise fails below
const { cases } = JSON.parse(await readFile(new URL('avro.golden.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly Case[];
};

function typeOf(schema: Json): AvroRecord {
  const read = readAvroSchema(schema);
  if ('problem' in read) throw new Error(`${read.path.join('.')}: ${read.problem}`);
  return read;
}

/** What is read, or null where it is refused, by the schema or by the message. */
function readBack({ writer, reader, hex }: Case, bytes = Buffer.from(hex, 'hex')): unknown {
  const written = typeOf(writer);
  const type = reader === undefined ? written : resolveAvro(written, typeOf(reader));
  if ('problem' in type) return null;
  try {
    return JSON.parse(`{${avroMembers(type, bytes)}}`);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

describe('as another implementation reads it', () => {
  test.each(cases.filter(({ about }) => !about.startsWith('by chance')))('$about', (given) => {
    expect(readBack(given)).toEqual(given.refused === true ? null : given.value);
  });

  test('records by chance, half of them by a schema that has changed since', () => {
    const byChance = cases.filter(({ about }) => about.startsWith('by chance'));
    expect(byChance.length).toBeGreaterThan(150);
    for (const given of byChance)
      expect(readBack(given), given.about).toEqual(given.refused === true ? null : given.value);
  });

  test('cut at any byte it is refused, and nothing else is thrown', () => {
    for (const given of cases) {
      const bytes = Buffer.from(given.hex, 'hex');
      for (let length = 0; length < bytes.length; length++)
        expect(readBack(given, bytes.subarray(0, length)), `${given.about}, ${length} bytes`).toBeNull();
    }
  });
});
