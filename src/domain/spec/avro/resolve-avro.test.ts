import { expect, test } from 'vitest';
import type { Json } from '../../words/canonical.ts';
import { readAvroSchema, type AvroRecord } from './avro-schema.ts';
import { resolveAvro } from './resolve-avro.ts';

function typeOf(fields: Json): AvroRecord {
  const read = readAvroSchema({ type: 'record', name: 'Row', fields });
  if ('problem' in read) throw new Error(read.problem);
  return read;
}

const resolved = (writer: Json, reader: Json) => resolveAvro(typeOf(writer), typeOf(reader));
const at = (kind: string, logicalType: string, more: object = {}) => [
  { name: 'at', type: { type: kind, logicalType, ...more } },
];

test('a time is read in the unit in which it was written', () => {
  const found = resolved(at('long', 'timestamp-micros'), at('long', 'timestamp-millis'));
  expect(found).toMatchObject({ fields: [{ type: { logical: { of: 'timestamp', digits: 6, hasZone: true } } }] });
});

test('numbers that stand for something else are refused: none would show that it is wrong', () => {
  const decimal = (scale: number) => at('bytes', 'decimal', { precision: 12, scale });
  expect(resolved(decimal(2), decimal(4))).toEqual({
    problem:
      'has a field "at" that cannot be read as declared: ' +
      'decimal of scale 2 was written where decimal of scale 4 is declared',
  });
  expect(resolved(decimal(2), decimal(2))).not.toHaveProperty('problem');
  expect(resolved(at('int', 'date'), at('long', 'timestamp-millis'))).toMatchObject({
    problem: expect.stringContaining('date was written where timestamp is declared'),
  });
  // What says nothing of itself is taken for what is declared.
  expect(resolved([{ name: 'at', type: 'long' }], at('long', 'timestamp-millis'))).toMatchObject({
    fields: [{ type: { logical: { of: 'timestamp', digits: 3 } } }],
  });
});

test('a field is read once: by its own name where that is written, and else by its alias', () => {
  const long = (name: string, more: object = {}) => ({ name, type: 'long', ...more });
  const namesOf = (writer: Json, reader: Json) => {
    const found = resolved(writer, reader);
    return 'problem' in found ? found.problem : found.fields.map(({ name, isLeftOut }) => [name, isLeftOut === true]);
  };
  const renamed = [long('new', { aliases: ['old', 'older'] })];
  expect(namesOf([long('old'), long('new')], renamed)).toEqual([
    ['old', true],
    ['new', false],
  ]);
  expect(namesOf([long('older'), long('old')], renamed)).toEqual([
    ['older', true],
    ['new', false],
  ]);
  // What is declared under the name itself is nobody else's.
  expect(namesOf([long('old')], [...renamed, long('old')])).toContain('"new"');
});
