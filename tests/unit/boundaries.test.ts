import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { rootDir } from '../../src/config.ts';

/** One file that breaks one rule, at the place where the rule applies. The linter must refuse each of them. */
const violations: readonly (readonly [file: string, source: string, rule: string])[] = [
  ['src/domain/reads-clock.ts', 'export const at = Date.now();', 'no-restricted-globals'],
  ['src/domain/rolls-dice.ts', 'export const dice = Math.random();', 'no-restricted-properties'],
  [
    'src/domain/reads-files.ts',
    "import { readFileSync } from 'node:fs';\nexport const text = readFileSync('a', 'utf8');",
    'no-restricted-imports',
  ],
  ['src/domain/uses-npm.ts', "import { z } from 'zod';\nexport const schema = z.string();", 'no-restricted-imports'],
  [
    'src/domain/looks-down.ts',
    "import { connect } from '../db/connect.ts';\nexport const db = connect;",
    'no-restricted-imports',
  ],
  [
    'src/statistics/knows-models.ts',
    "import { spec } from '../domain/spec.ts';\nexport const known = spec;",
    'no-restricted-imports',
  ],
  [
    'workflows/runs-activity.ts',
    "import { look } from '../activities/look.ts';\nexport const run = look;",
    'no-restricted-imports',
  ],
  [
    'workflows/opens-client.ts',
    "import { Client } from '@temporalio/client';\nexport const client = new Client();",
    'no-restricted-imports',
  ],
  ['workflows/reads-node.ts', "import path from 'node:path';\nexport const join = path.join;", 'no-restricted-imports'],
  [
    'workflows/reads-database.ts',
    "import { connect } from '../src/db/connect.ts';\nexport const db = connect;",
    'no-restricted-imports',
  ],
  ['workflows/asks-network.ts', "export const answer = fetch('http://a');", 'no-restricted-globals'],
  [
    'activities/imports-workflow.ts',
    "import { train } from '../workflows/train.ts';\nexport const again = train;",
    'no-restricted-imports',
  ],
  ['src/serving/opens-pool.ts', "import pg from 'pg';\nexport const pool = new pg.Pool();", 'no-restricted-imports'],
  [
    'src/serving/http/writes-sql.ts',
    "import { eq } from 'drizzle-orm';\nexport const same = eq;",
    'no-restricted-imports',
  ],
  [
    'src/serving/reads-database.ts',
    "import { connect } from '../db/connect.ts';\nexport const db = connect;",
    'no-restricted-imports',
  ],
  [
    'src/serving/starts-workflows.ts',
    "import { Client } from '@temporalio/client';\nexport const client = new Client();",
    'no-restricted-imports',
  ],
  [
    'src/serving/checks-access.ts',
    "import { authorise } from '../access/principal.ts';\nexport const check = authorise;",
    'no-restricted-imports',
  ],
  ['src/api/opens-pool.ts', "import pg from 'pg';\nexport const pool = new pg.Pool();", 'no-restricted-imports'],
  [
    'src/api/routes/writes-sql.ts',
    "import { eq } from 'drizzle-orm';\nexport const same = eq;",
    'no-restricted-imports',
  ],
  [
    'src/trainers/gbdt/stores.ts',
    "import { connect } from '../../db/connect.ts';\nexport const db = connect;",
    'no-restricted-imports',
  ],
  [
    'src/sdk/pulls-server.ts',
    "import { parse } from '../contracts/parse-spec.ts';\nexport const check = parse;",
    'no-restricted-imports',
  ],
  [
    'src/outbound/knows-models.ts',
    "import { spec } from '../domain/spec.ts';\nexport const known = spec;",
    'no-restricted-imports',
  ],
  ['src/db/scans.ts', "import { open } from '../data/connect.ts';\nexport const duck = open;", 'no-restricted-imports'],
  [
    'src/commands/opens-client.ts',
    "import { Client } from '@temporalio/client';\nexport const client = new Client();",
    'no-restricted-imports',
  ],
  [
    'src/cli/runs-worker.ts',
    "import { Worker } from '@temporalio/worker';\nexport const worker = Worker;",
    'no-restricted-imports',
  ],
  [
    'src/embedded/knows-api.ts',
    "import { createApi } from '../api/app.ts';\nexport const api = createApi;",
    'no-restricted-imports',
  ],
  [
    'simulator/cheats.ts',
    "import { judge } from '../src/db/windows.ts';\nexport const cheat = judge;",
    'no-restricted-imports',
  ],
  [
    'models/reaches-past-the-sdk.ts',
    "import { completeSpec } from '../src/domain/default-spec.ts';\nexport const spec = completeSpec;",
    'no-restricted-imports',
  ],
  ['src/data/reads-environment.ts', "export const url = process.env['DATABASE_URL'];", 'no-process-env'],
  ['src/data/BadName.ts', 'export const name = 1;', 'filename-case'],
  ['src/data/exports-default.ts', 'export default 1;', 'no-default-export'],
  ['src/data/prints.ts', "console.log('a');\nexport const printed = true;", 'no-console'],
  ['src/data/too-long.ts', `${'export {};\n'.repeat(451)}`, 'max-lines'],
  [
    'src/data/cycle-one.ts',
    "import { two } from './cycle-two.ts';\nexport const one = (): unknown => two;",
    'no-cycle',
  ],
  [
    'src/data/drops-promise.ts',
    'const work = async (): Promise<void> => undefined;\nexport const start = (): void => {\n  work();\n};',
    'no-floating-promises',
  ],
  [
    'src/data/imports-type-as-value.ts',
    "import { A } from './a-type.ts';\nexport const a: A = 1;",
    'consistent-type-imports',
  ],
];

/** What the same rules must let through, at the same places. */
const innocent: readonly (readonly [file: string, source: string])[] = [
  ['src/data/cycle-two.ts', "import { one } from './cycle-one.ts';\nexport const two = (): unknown => one;"],
  ['src/data/a-type.ts', 'export type A = number;'],
  [
    'src/domain/up.ts',
    "import { mean } from '../statistics/mean.ts';\nimport { other } from './other.ts';\nexport const both = [mean, " +
      'other];',
  ],
  [
    'workflows/allowed.ts',
    "import { condition } from '@temporalio/workflow';\nimport { ids } from '../src/domain/ids.ts';\nimport { " +
      "sibling } from './sibling.ts';\nimport type { Activities } from '../activities/index.ts';\nexport const used: " +
      '[unknown, Activities?] = [[condition, ids, sibling]];',
  ],
  [
    'src/serving/typed.ts',
    "import type { Db } from '../db/connect.ts';\nimport { spec } from '../domain/spec.ts';\nexport const typed: Db " +
      '= spec;',
  ],
  [
    'src/serving/http/hashes.ts',
    "import { hashSecret } from '../../access/secret.ts';\nexport const hash = hashSecret;",
  ],
  ['src/trainers/gbdt/up.ts', "import { graph } from '../../onnx/graph-builder.ts';\nexport const built = graph;"],
];

const diagnostics = z.object({ diagnostics: z.array(z.object({ filename: z.string(), code: z.string() })) });
let folder: string;
let found: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-boundaries-'));
  await copyFile(path.join(rootDir, '.oxlintrc.json'), path.join(folder, '.oxlintrc.json'));
  await copyFile(path.join(rootDir, 'tsconfig.json'), path.join(folder, 'tsconfig.json'));
  await symlink(path.join(rootDir, 'node_modules'), path.join(folder, 'node_modules'));
  for (const [file, source] of [...violations, ...innocent]) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), `${source}\n`);
  }
  const oxlint = path.join(rootDir, 'node_modules', 'oxlint', 'bin', 'oxlint');
  const { stdout } = spawnSync(process.execPath, [oxlint, '--type-aware', '--format=json'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 60_000,
  });
  const byFile = new Map<string, string[]>();
  for (const { filename, code } of diagnostics.parse(JSON.parse(stdout)).diagnostics)
    byFile.set(filename, [...(byFile.get(filename) ?? []), code]);
  found = byFile;
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(violations)('%s is refused', (file, _source, rule) => {
  expect(found.get(file)?.join(' ') ?? 'nothing was said').toContain(rule);
});

test.each(innocent.filter(([file]) => !file.includes('cycle')))('%s is let through', (file) => {
  expect(found.get(file) ?? []).toEqual([]);
});
