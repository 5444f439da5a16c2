import { expect, test } from 'vitest';
import { kernelExports } from '../../tools/house/kernel/kernel-exports.ts';
import { kernelCalls } from '../../tools/house/kernel/kernel-calls.ts';
import { statedError } from '../../tools/house/kernel/kernel-table.ts';
import { measureKernel } from '../../tools/house/kernel/kernel-vectors.ts';

const measured = measureKernel();
const exported = kernelExports();
/** Helpers that compute nothing that a library would. */
const withoutVectors = ['awayFromZero'];

test.each(measured)('$name is as its golden vectors say', ({ name, error, worst, vectors }) => {
  expect(vectors.length).toBeGreaterThanOrEqual(2);
  expect(error, worst).toBeLessThanOrEqual(kernelCalls[name]?.errorMax ?? 1e-10);
});

test('every function of the kernel has golden vectors, and is used', () => {
  const names = exported.map(({ name }) => name).filter((name) => !withoutVectors.includes(name));
  expect(names.toSorted()).toEqual(measured.map(({ name }) => name).toSorted());
  expect(exported.filter(({ usedBy }) => usedBy.length === 0)).toEqual([]);
});

test.each(measured)('the docstring of $name says its error and its ranges as measured', (one) => {
  const docstring = exported.find(({ name }) => name === one.name)?.docstring ?? '';
  expect(docstring).toContain(statedError(one));
});
