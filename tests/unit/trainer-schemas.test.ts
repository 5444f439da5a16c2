import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { houseSchemas, textOfSchema } from '../../tools/house/schemas.ts';
import { rootDir } from '../../src/config.ts';

test.each(houseSchemas.map((schema) => [schema.page, schema] as const))(
  '%s says what the code holds (`npm run house` writes it)',
  (page, schema) => {
    expect(readFileSync(path.join(rootDir, page), 'utf8')).toBe(textOfSchema(schema));
  },
);

test('a validator of somebody else reads them, and tells a report from none', () => {
  const report = houseSchemas.find(({ page }) => page.includes('report'));
  if (report === undefined) throw new Error('there is no schema of a report');
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(textOfSchema(report)) as object);
  expect(validate({ metrics: { auroc: 0.9 }, note: 'fine' })).toBe(true);
  expect(validate({ metrics: { auroc: 'fine' } })).toBe(false);
});
