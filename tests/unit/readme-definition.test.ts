import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { rootDir } from '../../src/config.ts';
import { parseSpec } from '../../src/contracts/spec/parse-spec.ts';

/** Every definition of the README with the file that it is written into. */
const blocks = [
  ...readFileSync(path.join(rootDir, 'README.md'), 'utf8').matchAll(
    /<!-- readme: file="([^"]+)" -->\n```ts\n([\s\S]*?)```/g,
  ),
].filter(([, , text = '']) => text.includes('defineModel('));

test.each(blocks.map(([, file = '', text = '']) => [file, text]))('%s is taken by apply', async (_, text) => {
  // Inside the project, so that the import of the SDK resolves.
  const state = path.join(rootDir, '.perennial');
  mkdirSync(state, { recursive: true });
  const folder = mkdtempSync(path.join(state, 'readme-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'model.ts');
  writeFileSync(file, text.replaceAll("'../src/", "'../../src/"));
  const models: Readonly<Record<string, unknown>> = await import(file);
  expect(Object.keys(models)).toHaveLength(1);
  for (const model of Object.values(models)) expect(() => parseSpec(model)).not.toThrow();
});

test('there are two', () => {
  expect(blocks.map(([, file]) => file)).toEqual(['models/orders.ts', 'examples/payments.ts']);
});
