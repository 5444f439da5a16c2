import { describe, expect, test } from 'vitest';
import { readFitAnswer } from './fit-external.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const model = { path: 'model.onnx', digest, bytes: 10 };

test('names that a fit may leave are taken, with what is said of them', () => {
  expect(readFitAnswer({ files: [model, { ...model, path: 'report.json' }] })).toEqual([
    model,
    { ...model, path: 'report.json' },
  ]);
  expect(readFitAnswer({ files: [] })).toEqual([]);
});

describe('whatever else comes back is refused with a sentence that names it', () => {
  test.each([
    [
      'a path that leaves the folder',
      { files: [{ ...model, path: '../x' }] },
      '"../x", which is none that a fit leaves',
    ],
    ['an absolute path', { files: [{ ...model, path: '/etc/passwd' }] }, '"/etc/passwd", which is none'],
    ['a name of ours', { files: [{ ...model, path: 'fitted.json' }] }, '"fitted.json", which is none'],
    ['a pickle', { files: [{ ...model, path: 'model.pkl' }] }, '"model.pkl", which is none'],
    ['a name of the prototype', { files: [{ ...model, path: '__proto__' }] }, '"__proto__", which is none'],
    ['a name twice', { files: [model, model] }, '"model.onnx" twice'],
    ['a size beyond bounds', { files: [{ ...model, bytes: 2 ** 40 }] }, 'are as many as may be'],
    ['no digest', { files: [{ ...model, digest: 'abc' }] }, 'at files.0.digest'],
    ['a negative size', { files: [{ ...model, bytes: -1 }] }, 'at files.0.bytes'],
    ['too many', { files: Array.from({ length: 50 }, () => model) }, 'at files'],
    ['a text', 'done', 'at its top'],
    ['nothing', undefined, 'at its top'],
    ['null', null, 'at its top'],
  ])('%s', (_what, said, sentence) => {
    expect(() => readFitAnswer(said)).toThrow(sentence);
  });
});
