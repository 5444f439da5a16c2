import { spawnSync } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { rootDir } from '../../src/config.ts';
import { rooms } from '../../tools/house/rooms.mjs';

/** In every room but the last, a file that imports the room after it. */
const pathIn = (name: string): string => (name.endsWith('.ts') ? name : `${name}/looks-down.ts`);
const downward = rooms.slice(0, -1).map((room, index): [file: string, source: string, rule: string] => {
  const [from = '', to = ''] = [pathIn(room.paths[0] ?? ''), pathIn(rooms[index + 1]?.paths[0] ?? '')];
  const specifier = path.posix.relative(path.posix.dirname(from), to).replace(/^(?!\.)/, './');
  return [from, `import { down } from '${specifier}';\nexport const used = down;`, 'house(imports)'];
});

/** One file that breaks one rule, at the place where the rule applies. The linter must refuse each of them. */
const violations: readonly (readonly [file: string, source: string, rule: string])[] = [
  ...downward,
  ['src/domain/words/reads-clock.ts', 'export const at = Date.now();', 'no-restricted-globals'],
  ['src/domain/words/rolls-dice.ts', 'export const dice = Math.random();', 'no-restricted-properties'],
  [
    'src/domain/words/reads-files.ts',
    "import { readFileSync } from 'node:fs';\nexport const text = readFileSync('a', 'utf8');",
    'house(imports)',
  ],
  ['src/domain/spec/uses-npm.ts', "import { z } from 'zod';\nexport const schema = z.string();", 'house(imports)'],
  [
    'src/domain/spec/looks-down.ts',
    "import { connect } from '../../db/base/connect.ts';\nexport const db = connect;",
    'house(imports)',
  ],
  [
    'src/statistics/knows-models.ts',
    "import { spec } from '../domain/spec/spec.ts';\nexport const known = spec;",
    'house(imports)',
  ],
  [
    'workflows/runs-activity.ts',
    "import { look } from '../activities/rollout/look-at-step.ts';\nexport const run = look;",
    'house(imports)',
  ],
  [
    'workflows/opens-client.ts',
    "import { Client } from '@temporalio/client';\nexport const client = new Client();",
    'house(imports)',
  ],
  ['workflows/reads-node.ts', "import path from 'node:path';\nexport const join = path.join;", 'house(imports)'],
  [
    'workflows/reads-database.ts',
    "import { connect } from '../src/db/base/connect.ts';\nexport const db = connect;",
    'house(imports)',
  ],
  ['workflows/asks-network.ts', "export const answer = fetch('http://a');", 'no-restricted-globals'],
  [
    'activities/imports-workflow.ts',
    "import { train } from '../workflows/train.ts';\nexport const again = train;",
    'house(imports)',
  ],
  ['src/serving/opens-pool.ts', "import pg from 'pg';\nexport const pool = new pg.Pool();", 'house(imports)'],
  ['src/serving/http/writes-sql.ts', "import { eq } from 'drizzle-orm';\nexport const same = eq;", 'house(imports)'],
  [
    'src/serving/reads-database.ts',
    "import { connect } from '../db/base/connect.ts';\nexport const db = connect;",
    'house(imports)',
  ],
  [
    'src/serving/starts-workflows.ts',
    "import { Client } from '@temporalio/client';\nexport const client = new Client();",
    'house(imports)',
  ],
  [
    'src/serving/checks-access.ts',
    "import { authorise } from '../access/principal.ts';\nexport const check = authorise;",
    'house(imports)',
  ],
  [
    'src/serving/answer/answers-http.ts',
    "import { Hono } from 'hono';\nexport const app = new Hono();",
    'house(imports)',
  ],
  [
    'src/serving/edge/knows-requests.ts',
    "import type { Context } from 'hono';\nexport type Asked = Context;",
    'house(imports)',
  ],
  [
    'src/serving/reads-connections.ts',
    "import { getConnInfo } from '@hono/node-server/conninfo';\nexport const address = getConnInfo;",
    'house(imports)',
  ],
  ['src/api/opens-pool.ts', "import pg from 'pg';\nexport const pool = new pg.Pool();", 'house(imports)'],
  ['src/api/routes/writes-sql.ts', "import { eq } from 'drizzle-orm';\nexport const same = eq;", 'house(imports)'],
  [
    'src/trainers/families/gbdt/stores.ts',
    "import { connect } from '../../../db/base/connect.ts';\nexport const db = connect;",
    'house(imports)',
  ],
  [
    'src/sdk/pulls-server.ts',
    "import { parse } from '../contracts/spec/parse-spec.ts';\nexport const check = parse;",
    'house(imports)',
  ],
  [
    'src/outbound/knows-models.ts',
    "import { spec } from '../domain/spec/spec.ts';\nexport const known = spec;",
    'house(imports)',
  ],
  ['src/db/scans.ts', "import { open } from '../data/duck/connect.ts';\nexport const duck = open;", 'house(imports)'],
  [
    'src/commands/opens-client.ts',
    "import { Client } from '@temporalio/client';\nexport const client = new Client();",
    'house(imports)',
  ],
  [
    'src/cli/runs-worker.ts',
    "import { Worker } from '@temporalio/worker';\nexport const worker = Worker;",
    'house(imports)',
  ],
  [
    'src/embedded/knows-api.ts',
    "import { createApi } from '../control/app.ts';\nexport const api = createApi;",
    'house(imports)',
  ],
  [
    'simulator/cheats.ts',
    "import { judge } from '../src/db/watching/windows.ts';\nexport const cheat = judge;",
    'house(imports)',
  ],
  [
    'models/reaches-past-the-sdk.ts',
    "import { completeSpec } from '../src/domain/spec/default-spec.ts';\nexport const spec = completeSpec;",
    'house(imports)',
  ],
  ['src/data/reads-environment.ts', "export const url = process.env['DATABASE_URL'];", 'no-process-env'],
  ['src/data/BadName.ts', 'export const name = 1;', 'filename-case'],
  ['src/data/exports-default.ts', 'export default 1;', 'no-default-export'],
  ['src/data/prints.ts', "console.log('a');\nexport const printed = true;", 'no-console'],
  [
    'src/domain/spec/looks-ahead.ts',
    "import { judge } from '../watch/judge-drift.ts';\nexport const early = judge;",
    'house(imports)',
  ],
  ['src/api/draws.ts', "import { page } from '../ui/routes.ts';\nexport const drawn = page;", 'house(imports)'],
  ['src/ui/answers.ts', "import { json } from '../api/answers.ts';\nexport const answer = json;", 'house(imports)'],
  [
    'src/ui/form/draws-a-page.ts',
    "import { page } from '../model/page.tsx';\nexport const drawn = page;",
    'house(imports)',
  ],
  [
    'src/commands/base/starts-all.ts',
    "import { run } from '../../main-worker.ts';\nexport const started = run;",
    'house(imports)',
  ],
  [
    'src/data/cycle-of-types.ts',
    "import type { Other } from './cycle-of-types-two.ts';\nexport interface One {\n  readonly other: Other;\n}",
    'no-cycle',
  ],
  [
    'src/data/impatient.test.ts',
    "import { expect, test, vi } from 'vitest';\n" +
      "test('soon', async () => {\n  await vi.waitFor(() => expect(1).toBe(1));\n});",
    'house(patience)',
  ],
  ['src/data/too-wide.ts', `export const wide = '${'a'.repeat(120)}';`, 'house(width)'],
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
  [
    'src/data/cycle-of-types-two.ts',
    "import type { One } from './cycle-of-types.ts';\nexport interface Other {\n  readonly one: One;\n}",
  ],
  ['src/data/cycle-two.ts', "import { one } from './cycle-one.ts';\nexport const two = (): unknown => one;"],
  ['src/data/a-type.ts', 'export type A = number;'],
  [
    'src/domain/words/up.ts',
    "import { mean } from '../../statistics/mean.ts';\nimport { other } from './other.ts';\n" +
      'export const both = [mean, other];',
  ],
  [
    'workflows/allowed.ts',
    "import { condition } from '@temporalio/workflow';\nimport { ids } from '../src/domain/words/ids.ts';\n" +
      "import { sibling } from './sibling.ts';\nimport type { ActivitiesOf } from '../activities/index.ts';\n" +
      "export const used: [unknown, ActivitiesOf<'light'>?] = [[condition, ids, sibling]];",
  ],
  [
    'src/serving/typed.ts',
    "import type { Db } from '../db/base/connect.ts';\nimport { spec } from '../domain/spec/spec.ts';\n" +
      'export const typed: Db = spec;',
  ],
  ['src/serving/http/routes-requests.ts', "import { Hono } from 'hono';\nexport const app = new Hono();"],
  [
    'src/serving/http/hashes.ts',
    "import { hashSecret } from '../../access/secret.ts';\nexport const hash = hashSecret;",
  ],
  [
    'src/trainers/families/gbdt/up.ts',
    "import { graph } from '../../../onnx/graphs/graph-builder.ts';\nexport const built = graph;",
  ],
];

const diagnostics = z.object({ diagnostics: z.array(z.object({ filename: z.string(), code: z.string() })) });
let folder: string;
let found: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-boundaries-'));
  await copyFile(path.join(rootDir, '.oxlintrc.json'), path.join(folder, '.oxlintrc.json'));
  await copyFile(path.join(rootDir, 'tsconfig.json'), path.join(folder, 'tsconfig.json'));
  await cp(path.join(rootDir, 'tools', 'house'), path.join(folder, 'tools', 'house'), { recursive: true });
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
