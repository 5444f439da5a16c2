import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { rootDir } from '../../src/config.ts';
import { settingRows } from '../../src/settings/setting-rows.ts';
import { metricRows } from '../../src/telemetry/metric-rows.ts';

const operations = readFileSync(path.join(rootDir, 'docs/operations.md'), 'utf8');

/** The cells of the table under a heading, without its head. */
function tableUnder(heading: string): readonly (readonly string[])[] {
  const section = operations.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split(' | ')
        .map((cell) => cell.trim()),
    );
}

const code = (text: string): string => (text === '' ? '' : `\`${text}\``);

test('every setting stands in docs/operations.md as in the code, and no other does', () => {
  expect(tableUnder('Settings')).toEqual(
    settingRows.map(({ name, fallback, meaning }) => [code(name), code(fallback), meaning]),
  );
});

test('every metric stands in docs/operations.md as in the code, and no other does', () => {
  expect(tableUnder('Metrics')).toEqual(
    metricRows.map(({ name, type, labels, place, meaning }) => [
      code(name),
      type,
      labels.map(code).join(', '),
      place,
      meaning,
    ]),
  );
});

test('no metric is registered that is not in the table, and each of the table is', () => {
  const told = new Set(
    sources()
      .filter(({ file }) => file.startsWith('src/telemetry/') && file !== 'src/telemetry/metric-rows.ts')
      .flatMap(({ text }) => [...text.matchAll(/'(perennial_[a-z_]+)'/g)].map(([, name = '']) => name)),
  );
  const known: readonly string[] = metricRows.map(({ name }) => name);
  expect([...told].filter((name) => !known.includes(name))).toEqual([]);
  const everywhere = sources()
    .filter(({ file }) => file !== 'src/telemetry/metric-rows.ts')
    .map(({ text }) => text)
    .join('\n');
  expect(known.filter((name) => !everywhere.includes(`'${name}'`))).toEqual([]);
});

test('the environment is read in src/config.ts, and elsewhere only where a process hands its own on', () => {
  // Each of these passes the environment to a child, or needs it before anything of ours can be loaded.
  const allowed = /^(src\/config\.ts|src\/embedded\/\w+\/[\w-]+\.(ts|mjs)|bin\/[\w-]+\.mjs)$/;
  expect(
    sources()
      .filter(({ file, text }) => /\bprocess\.env\b/.test(text) && !allowed.test(file))
      .map(({ file }) => file),
  ).toEqual([]);
});

test('variables that other files read stand in the docs as well', () => {
  const names = new Set<string>(settingRows.map(({ name }) => name));
  const read = sources()
    .flatMap(({ file, text }) =>
      [...text.matchAll(/process\.env(?:\['(\w+)'\]|\.(\w+))/g)].map(([, quoted, dotted]) => ({
        file,
        name: quoted ?? dotted ?? '',
      })),
    )
    .filter(({ name }) => name.startsWith('PERENNIAL_') || name.startsWith('TEMPORAL_') || name.startsWith('OTEL_'));
  // Between the supervisor and its children, and between the test runner and its reporter: nobody sets these.
  const internal = new Set(['PERENNIAL_SUPERVISED', 'PERENNIAL_TALLY_FILE', 'PERENNIAL_TOOLS_REQUIRED']);
  expect(read.filter(({ name }) => !names.has(name) && !internal.has(name))).toEqual([]);
});

test('the docs name no setting of ours that does not exist', () => {
  const names: readonly string[] = settingRows.map(({ name }) => name);
  // Of docker-compose.yml alone: deploy/example.env explains them.
  const compose = [...readFileSync(path.join(rootDir, 'deploy/example.env'), 'utf8').matchAll(/^#?([A-Z_]+)=/gm)].map(
    ([, name = '']) => name,
  );
  for (const file of ['docs/operations.md', 'docs/deploy.md', 'README.md']) {
    const text = readFileSync(path.join(rootDir, file), 'utf8');
    const unknown = [...text.matchAll(/\bPERENNIAL_[A-Z_]+\b/g)]
      .map(([name]) => name)
      // The names of secrets are people's own.
      .filter((name) => !names.includes(name) && !compose.includes(name) && !name.startsWith('PERENNIAL_SECRET_'));
    expect({ file, unknown: [...new Set(unknown)] }).toEqual({ file, unknown: [] });
  }
});

function sources(): readonly { readonly file: string; readonly text: string }[] {
  const files = ['src', 'activities', 'workflows', 'bin'].flatMap((folder) =>
    readdirSync(path.join(rootDir, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  );
  return files
    .filter((file) => /\.(ts|tsx|mjs)$/.test(file) && !/\.test\.tsx?$/.test(file))
    .map((file) => ({ file, text: readFileSync(path.join(rootDir, file), 'utf8') }));
}
