import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** The places that build and take apart identities. */
const allowed = new Set([
  'src/domain/record/occasion.ts',
  'src/domain/record/audit-subject.ts',
  'src/domain/words/run-id.ts',
  'src/domain/words/ids.ts',
]);
const built = [
  /[`'"](window|apply|command|reset|refused)\/(\$\{|['"`%]| \|\|)/,
  /\/thawed['"`]/,
  /\/after\/\$\{/,
  /\/\^v\(\\d/,
  /subject: `/,
  /[`'"](train|rollout|guard|ingest|import)\/\$\{/,
];

test('no other file builds an identity from text or takes one apart', () => {
  const found: string[] = [];
  for (const room of ['src', 'activities', 'workflows']) {
    for (const entry of readdirSync(path.join(root, room), { recursive: true, withFileTypes: true })) {
      const file = path.relative(root, path.join(entry.parentPath, entry.name));
      if (!entry.isFile() || !/\.tsx?$/.test(file) || /\.test\.tsx?$/.test(file) || allowed.has(file)) continue;
      // The demo names its acts, and the schema repeats the condition of an index from a migration.
      if (file.startsWith('src/demo/') || file.startsWith('src/db/schema/')) continue;
      readFileSync(path.join(root, file), 'utf8')
        .split('\n')
        .forEach((line, at) => {
          if (built.some((pattern) => pattern.test(line))) found.push(`${file}:${at + 1} ${line.trim()}`);
        });
    }
  }
  expect(found).toEqual([]);
});
