import { expect, test } from 'vitest';
import { canonicalJson } from './canonical.ts';

test('order of members does not matter, order of lists does; undefined members are left out', () => {
  expect(canonicalJson({ b: [2, 1], a: { d: null, c: 'x' }, e: undefined })).toBe('{"a":{"c":"x","d":null},"b":[2,1]}');
  expect(canonicalJson({ a: 1, b: 2 })).toBe(canonicalJson({ b: 2, a: 1 }));
});

// RFC 8785, section 3.2.3 (sorting by UTF-16 code units) and 3.2.2 (numbers and strings as ECMAScript writes them).
test('the examples of the standard', () => {
  expect(
    canonicalJson({
      '\u20ac': 'Euro',
      '\r': 'CR',
      '\ufb33': 'Dalet',
      '1': 'One',
      '\ud83d\ude00': 'Smile',
      '\u0080': 'Control',
      '\u00f6': 'o',
    }),
  ).toBe('{"\\r":"CR","1":"One","\u0080":"Control","ö":"o","€":"Euro","😀":"Smile","\ufb33":"Dalet"}');
  expect(canonicalJson([Number('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27, -0])).toBe(
    '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
  );
});

test('what JSON cannot hold is refused instead of being changed', () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  for (const value of [Number.NaN, [Infinity], { a: 1n }, [undefined], () => 1, cycle])
    expect(() => canonicalJson(value)).toThrow(TypeError);
});
