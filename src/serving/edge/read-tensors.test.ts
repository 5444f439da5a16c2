import { expect, test } from 'vitest';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Tensor } from './bodies.ts';
import { rowsOfTensors } from './read-tensors.ts';

function said(datatype: string, value: unknown): unknown {
  const tensor: Tensor = { name: 'x', shape: [2, 1], datatype, data: [null, value] };
  try {
    return rowsOfTensors({ inputs: [tensor] }).map((row) => row['x']);
  } catch (error) {
    if (error instanceof PerennialError && error.code === 'invalid_request') return error.message;
    throw error;
  }
}

test.each([
  ['INT8', -128, [null, -128]],
  ['INT8', 128, 'inputs[0].data[1] ("x") is 128, which is beyond the range of INT8'],
  ['INT32', 1.5, 'inputs[0].data[1] ("x") is 1.5, which is not whole, as INT32 is'],
  ['INT32', 2 ** 31, 'inputs[0].data[1] ("x") is 2147483648, which is beyond the range of INT32'],
  ['UINT64', -1, 'inputs[0].data[1] ("x") is -1, which is beyond the range of UINT64'],
  [
    'INT64',
    2 ** 53,
    'inputs[0].data[1] ("x") is 9007199254740992, which is beyond 2^53, where JSON keeps no whole number apart from ' +
      'its neighbours',
  ],
  ['FP32', 1e39, 'inputs[0].data[1] ("x") is 1e+39, which is beyond the range of FP32'],
  ['FP64', 1e39, [null, 1e39]],
  ['BOOL', 1, 'inputs[0].data[1] ("x") is 1, which is no BOOL'],
  ['BYTES', 'a', [null, 'a']],
])('%s %s', (datatype, value, expected) => {
  expect(said(datatype, value)).toEqual(expected);
});
