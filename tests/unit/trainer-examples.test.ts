import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { rootDir } from '../../src/config.ts';
import { parseSpec } from '../../src/contracts/spec/parse-spec.ts';

const folder = path.join(rootDir, 'examples', 'trainers');
const found = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `${name}/model.ts`);

test.each(found)('%s is one definition that apply takes', async (file) => {
  const models: Readonly<Record<string, unknown>> = await import(path.join(folder, file));
  const specs = Object.values(models).map(parseSpec);
  expect(specs).toHaveLength(1);
  // A program is started in the folder of its own example.
  for (const { trainer } of specs)
    expect(trainer).toMatchObject(trainer.kind === 'command' ? { folder: path.dirname(file) } : { kind: 'worker' });
});
