import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  bundleWorkflowCode,
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  Worker,
  type ReplayWorkerOptions,
} from '@temporalio/worker';
import { historyFromJSON, type History } from '@temporalio/common/lib/proto-utils.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rootDir } from '../../src/config.ts';
import * as workflows from '../../workflows/index.ts';

/**
 * Recorded histories of every workflow: replaying them is the promise that a run which is under way survives an update.
 * A failure here means: do not ship this edit; make it with `patched`, or let new runs alone take it. Record anew
 * (`npm run histories:record -- --replace`) only what nobody has in production.
 */
const folder = path.join(rootDir, 'tests', 'replay', 'histories');
const replayTimeoutMs = 60_000;

interface Recorded {
  readonly workflowId: string;
  readonly type: string;
  readonly history: History;
}

const recorded = new Map<string, Recorded>();
let bundle: { readonly code: string };
let temporary: string;

beforeAll(async () => {
  // The edits below are meant to be warned about.
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
  });
  temporary = await mkdtemp(path.join(tmpdir(), 'perennial-replay-'));
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.json')).sort()) {
    const history = historyFromJSON(JSON.parse(await readFile(path.join(folder, name), 'utf8')));
    const start = history.events?.[0]?.workflowExecutionStartedEventAttributes;
    recorded.set(name.replace('.json', ''), {
      history,
      workflowId: start?.workflowId ?? name,
      type: start?.workflowType?.name ?? '',
    });
  }
  bundle = await bundleOf(rootDir);
});

afterAll(() => rm(temporary, { recursive: true, force: true }));

/** Bundling is also the boundary test: it refuses a workflow that pulls in Node or an activity. */
function bundleOf(root: string): Promise<{ readonly code: string }> {
  return bundleWorkflowCode({
    workflowsPath: path.join(root, 'workflows', 'index.ts'),
    payloadConverterPath: path.join(root, 'workflows', 'base', 'payload-converter.ts'),
    logger: new DefaultLogger('ERROR'),
  });
}

/** What went wrong, by the name of the recording. */
async function replay(code: { readonly code: string }, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const problems = new Map<string, string>();
  const options: ReplayWorkerOptions = { workflowBundle: code };
  const histories = names.flatMap((name) => {
    const found = recorded.get(name);
    return found === undefined ? [] : [{ workflowId: name, history: found.history }];
  });
  for await (const result of Worker.runReplayHistories(options, histories)) {
    if (result.error !== undefined) problems.set(result.workflowId, result.error.message);
  }
  return problems;
}

describe('recorded histories', () => {
  test('exist for every workflow', () => {
    expect(new Set([...recorded.values()].map((one) => one.type))).toEqual(new Set(Object.keys(workflows)));
  });

  test.each([
    'rollout-promoted',
    'rollout-rolled-back-at-deadline',
    'rollout-held-then-approved',
    'rollout-held-then-aborted',
    'train-failed',
    'model-continued',
    'model-continuation',
    'rollout-continued',
    'rollout-continuation',
  ])('hold %s', (name) => {
    expect([...recorded.keys()]).toContain(name);
  });

  test('replay with the workflows as they are', { timeout: replayTimeoutMs }, async () => {
    expect(Object.fromEntries(await replay(bundle, [...recorded.keys()]))).toEqual({});
  });

  test('name no machine', async () => {
    for (const name of await readdir(folder)) {
      const text = await readFile(path.join(folder, name), 'utf8');
      const payloads = [...text.matchAll(/"data":"([^"]+)"/g)].map(([, data = '']) =>
        Buffer.from(data, 'base64').toString('utf8'),
      );
      expect(
        [text, ...payloads].filter((part) => /\/(root|home|work|Users)\//.test(part)),
        name,
      ).toEqual([]);
    }
  });
});

describe('an edit that running workflows cannot survive makes the replay fail', () => {
  test.each([
    [
      'another step before the old ones',
      'ingest.ts',
      'const snapshot = await',
      "await heavy('one step more').findSource(input);\n  const snapshot = await",
      'ingest',
    ],
    [
      'a step that is gone',
      'train.ts',
      "await light('gate').judgeVersion(",
      '({ version: 1, verdict: "", text: "" }); void (',
      'train-first',
    ],
    [
      'another order',
      'rollout/steps/run.ts',
      "await light('how long until which harm is seen').preflight({ key: input.key })",
      "''",
      'rollout-promoted',
    ],
    [
      'another timer',
      'model/model.ts',
      'await refresh(entity);\n  for',
      'await condition(() => false, 10);\n  await refresh(entity);\n  for',
      'model-life',
    ],
  ])('%s', { timeout: replayTimeoutMs }, async (_what, file, before, after, name) => {
    const code = await bundleOf(await editedCopy(file, before, after));
    const problems = await replay(code, [name]);
    expect(problems.get(name)).toMatch(/[Nn]ondeterminism/);
  });

  async function editedCopy(file: string, before: string, after: string): Promise<string> {
    const root = await mkdtemp(path.join(temporary, 'edited-'));
    for (const part of ['workflows', 'src/domain', 'src/statistics'])
      await cp(path.join(rootDir, part), path.join(root, part), { recursive: true });
    await symlink(path.join(rootDir, 'node_modules'), path.join(root, 'node_modules'));
    const target = path.join(root, 'workflows', file);
    const source = await readFile(target, 'utf8');
    if (!source.includes(before)) throw new Error(`${file} no longer holds the text that this test edits: ${before}`);
    await writeFile(target, source.replace(before, after));
    return root;
  }
});

describe('the bundle', () => {
  test('holds no schema library, no database and no client', () => {
    for (const name of [
      'zod',
      'drizzle-orm',
      '@temporalio/client',
      '@temporalio/worker',
      '@temporalio/activity',
      'node_modules/pg/',
    ]) {
      expect(bundle.code.includes(`node_modules/${name.replace('node_modules/', '')}`), name).toBe(false);
    }
  });

  test('cannot be made when a workflow reads a file or imports an activity', { timeout: replayTimeoutMs }, async () => {
    for (const line of [
      "export { readFileSync as forbidden } from 'fs';",
      "export { Context as forbidden } from '@temporalio/activity';",
    ]) {
      const root = await mkdtemp(path.join(temporary, 'forbidden-'));
      await cp(path.join(rootDir, 'workflows'), path.join(root, 'workflows'), { recursive: true });
      for (const part of ['src/domain', 'src/statistics'])
        await cp(path.join(rootDir, part), path.join(root, part), { recursive: true });
      await symlink(path.join(rootDir, 'node_modules'), path.join(root, 'node_modules'));
      await writeFile(
        path.join(root, 'workflows', 'index.ts'),
        `${await readFile(path.join(root, 'workflows', 'index.ts'), 'utf8')}${line}\n`,
      );
      await expect(bundleOf(root)).rejects.toThrow();
    }
  });
});
