import { expect, test } from 'vitest';
import { readGolden } from './read-golden.ts';

const features = new Set(['amount', 'country']);
const read = (text: string) => readGolden(text, features);

test('one answer per row, as a value, a class, or scores: in JSON, NDJSON and CSV', () => {
  expect(read('[{"amount": 1, "country": null, "answer": 0.25}]')).toMatchObject({
    rows: [{ amount: 1, country: null }],
    answers: [0.25],
  });
  expect(read('{"amount": 1, "prediction": "fraud"}\n\n{"amount": 2, "prediction": "fine"}\n').answers).toEqual([
    'fraud',
    'fine',
  ]);
  expect(read('{"amount": 1, "answer": {"fine": 0.9, "fraud": 0.1}}').answers).toEqual([{ fine: 0.9, fraud: 0.1 }]);
  const csv = read('amount,country,probability.fine,probability.fraud\n1.5,NA,0.9,0.1\n2,DE,0.4,0.6\n');
  expect(csv.rows).toMatchObject([
    { amount: '1.5', country: null },
    { amount: '2', country: 'DE' },
  ]);
  expect(csv.answers).toEqual([
    { fine: 0.9, fraud: 0.1 },
    { fine: 0.4, fraud: 0.6 },
  ]);
});

test('a list of answers beside the rows, with the order of their classes', () => {
  const text = JSON.stringify({ classes: ['fraud', 'fine'], rows: [{ amount: 1 }], makerSays: [[0.1, 0.9]] });
  expect(read(text)).toEqual({ rows: [{ amount: 1 }], answers: [[0.1, 0.9]], classes: ['fraud', 'fine'] });
});

test('a feature is never taken for the answer', () => {
  const text = '[{"score": 7, "answer": 0.5}]';
  expect(readGolden(text, new Set(['score'])).answers).toEqual([0.5]);
  expect(readGolden('[{"answer": 7, "label": "a"}]', new Set(['answer'])).answers).toEqual(['a']);
});

test.each([
  ['', 'is empty'],
  ['[]', 'has no rows'],
  ['[{"amount": 1}]', 'have no answer; they have amount'],
  ['[{"amount": 1, "answer": null}]', 'row 1 has no answer'],
  ['{"amount": 1, "answer": 2}\n{"amount"', 'Line 2 of the golden file is no JSON object'],
  ['{"rows": [{"amount": 1}], "answers": [1, 2]}', 'has 1 rows and 2 answers'],
])('%j is refused in one sentence', (text, sentence) => {
  expect(() => read(text)).toThrow(sentence);
});
