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

test('a default that is none of its type is found before any message is read', () => {
  const before = [{ name: 'n', type: 'int' }];
  const found = (type: Json, usual: Json) => resolved(before, [...before, { name: 'x', type, default: usual }]);
  const record = (name: string, fields: Json) => ({ type: 'record', name, fields });
  const wrong: readonly (readonly [type: Json, usual: Json])[] = [
    ['string', 3],
    ['int', 2 ** 31],
    ['long', 2 ** 60],
    ['boolean', 'true'],
    ['null', 'null'],
    ['bytes', 'Ā'],
    [{ type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2 }, ''],
    [{ type: 'fixed', name: 'F', size: 2 }, 'abc'],
    [{ type: 'enum', name: 'E', symbols: ['A'] }, 'B'],
    [['null', 'int'], 'x'],
    [{ type: 'array', items: 'int' }, [1, 'x']],
    [{ type: 'map', values: 'int' }, { a: null }],
    [record('R', [{ name: 'a', type: 'int' }]), {}],
    // Its default holds itself without end.
    [record('Node', [{ name: 'next', type: 'Node', default: {} }]), {}],
    // Asked branch by branch, this one would take years.
    [
      record('A', [
        { name: 'b', type: record('B', [{ name: 'a', type: ['A', 'B'], default: {} }]), default: {} },
        { name: 'c', type: ['B', 'A'], default: {} },
      ]),
      {},
    ],
  ];
  for (const [type, usual] of wrong)
    expect(found(type, usual), JSON.stringify([type, usual])).toMatchObject({
      problem: expect.stringMatching(/^it has no field "x", whose default is no /),
    });
  expect(found('string', 3)).toEqual({ problem: 'it has no field "x", whose default is no string' });
  const right: readonly (readonly [type: Json, usual: Json])[] = [
    ['int', -(2 ** 31)],
    ['double', 1],
    ['bytes', 'ÿ'],
    [['null', 'int'], 3],
    [record('R', [{ name: 'a', type: 'int', default: 1 }]), {}],
    [record('Node', [{ name: 'next', type: ['null', 'Node'], default: null }]), {}],
  ];
  for (const [type, usual] of right) expect(found(type, usual), JSON.stringify(usual)).not.toHaveProperty('problem');
  const listed = (fields: Json) => [{ name: 'items', type: { type: 'array', items: record('Item', fields) } }];
  expect(resolved(listed(before), listed([...before, { name: 'x', type: 'string', default: 3 }]))).toEqual({
    problem: 'it has no field "x", whose default is no string',
  });
  // One that is never needed is nobody's concern.
  const declared = [{ name: 'n', type: 'int', default: 'x' }];
  expect(resolved(before, declared)).not.toHaveProperty('problem');
});

test('what no message can be read by is found within records and unions too', () => {
  const within = (type: Json) => [
    {
      name: 'of',
      type: {
        type: 'record',
        name: 'Of',
        fields: [
          { name: 'a', type },
          { name: 'b', type: 'int' },
        ],
      },
    },
  ];
  expect(resolved(within('string'), within('int'))).toEqual({
    problem: 'has a field "of.a" that cannot be read as declared: string was written where int is declared',
  });
  expect(resolved(within(['string', 'boolean']), within('int'))).toHaveProperty('problem');
  expect(resolved(within(['string', 'int']), within('int'))).not.toHaveProperty('problem');
  const list = (type: Json) => within({ type: 'array', items: type });
  expect(resolved(list('string'), list('int'))).not.toHaveProperty('problem');
  const node = (type: Json) => [
    {
      name: 'next',
      type: {
        type: 'record',
        name: 'Node',
        fields: [
          { name: 'next', type: ['null', 'Node'] },
          { name: 'v', type },
        ],
      },
    },
  ];
  expect(resolved(node('int'), node('long'))).not.toHaveProperty('problem');
});
