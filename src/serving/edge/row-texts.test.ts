import { expect, test } from 'vitest';
import { rowTextsOf } from './row-texts.ts';

test('rows keep the digits and the order of their members, each on one line', () => {
  const body = `{ "other": {"rows": [1]}, "rows" : [ {"id": 12345678901234567890, "x": 1e400} ,
    {"text": "a \\"quoted\\" ] , } \\\\",
     "list": [1, {"y": -0.0}] }
  ], "last": "z" }`;
  expect(rowTextsOf(body)).toEqual([
    '{"id": 12345678901234567890, "x": 1e400}',
    '{"text": "a \\"quoted\\" ] , } \\\\",      "list": [1, {"y": -0.0}] }',
  ]);
});

test('of a list that is there twice the last one counts, however its name is written', () => {
  expect(rowTextsOf('{"rows":[{"a":1}],"\\u0072ows":[{"a":2},{}]}')).toEqual(['{"a":2}', '{}']);
  expect(rowTextsOf('{"rows":[]}')).toEqual([]);
});

/** A small generator with a seed, so that a failure can be seen again. */
function generator(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

const texts = ['', 'a', '"', '\\', '\\"', ']', '}', ',', '{"rows":[', '\u2028', 'ü\u0000', '\n', '\ud83d\ude00'];

function valueOf(random: () => number, depth: number): unknown {
  const kind = Math.floor(random() * (depth > 2 ? 4 : 6));
  if (kind === 0) return Math.round((random() - 0.5) * 1e6) / 100;
  if (kind === 1) return texts[Math.floor(random() * texts.length)];
  if (kind === 2) return random() < 0.5;
  if (kind === 3) return null;
  const items = Array.from({ length: Math.floor(random() * 4) }, () => valueOf(random, depth + 1));
  return kind === 4 ? items : Object.fromEntries(items.map((item, at) => [`${texts[at]}${at}`, item]));
}

test('whatever the rows are, their texts are what the parser reads of them', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const random = generator(seed);
    const rows = Array.from({ length: Math.floor(random() * 5) }, () => ({ cell: valueOf(random, 0) }));
    const body = JSON.stringify({ before: valueOf(random, 0), rows, after: valueOf(random, 0) }, null, seed % 3);
    const lines = rowTextsOf(body);
    expect(
      lines.map((line): unknown => JSON.parse(line)),
      body,
    ).toEqual(JSON.parse(body).rows);
    expect(lines.join(''), 'one line each').not.toMatch(/[\r\n]/);
  }
});
