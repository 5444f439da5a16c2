import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { silentLog } from '../../../tests/worlds/serving-world.ts';
import { until } from '../../../tests/worlds/wait.ts';
import { rootDir } from '../../config.ts';
import { loaderArguments } from '../../entry-point.ts';
import type { EncodedRow, Signature } from '../../domain/spec/signature.ts';
import { encodeModel } from '../../onnx/graphs/wire.ts';
import { loadScorer } from '../versions/session.ts';
import { measureMemory } from './measure-memory.ts';
import type { ChildLimits } from './model-child.ts';
import { startOwnScorer, type OwnScorer } from './own-scorer.ts';

const mebibyte = 1024 ** 2;
const usual: ChildLimits = { memoryBytesMax: 1024 * mebibyte, timeoutMs: 30_000 };
const signature: Signature = {
  columns: [
    { name: 'x', kind: 'number', index: 0 },
    { name: 'word', kind: 'category', index: 0 },
  ],
  numberCount: 1,
  textCount: 1,
  task: 'regression',
  classes: [],
};

let folder: string;
const open: OwnScorer[] = [];
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-own-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((scorer) => scorer.close()));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** `x` times a third, by way of a square of rows × `factor`: memory and time grow with the rows, whatever they hold. */
async function fileOf(factor: number): Promise<string> {
  const file = path.join(folder, `${factor}.onnx`);
  const bytes = encodeModel({
    graphName: 'square',
    inputs: [
      { name: 'x', type: 'float', dims: ['N', 1] },
      { name: 'word', type: 'string', dims: ['N', 1] },
    ],
    outputs: [{ name: 'y', type: 'float', dims: null }],
    constants: [
      { name: 'factor', tensor: { type: 'int64', dims: [2], values: [factor, factor] } },
      { name: 'third', tensor: { type: 'float', dims: [1], values: [1 / 3] } },
    ],
    nodes: [
      { op: 'Shape', domain: '', inputs: ['x'], outputs: ['shape'], attributes: {} },
      { op: 'Mul', domain: '', inputs: ['shape', 'factor'], outputs: ['size'], attributes: {} },
      { op: 'ConstantOfShape', domain: '', inputs: ['size'], outputs: ['made'], attributes: {} },
      { op: 'ReduceSum', domain: '', inputs: ['made'], outputs: ['sum'], attributes: {} },
      { op: 'Mul', domain: '', inputs: ['x', 'third'], outputs: ['part'], attributes: {} },
      { op: 'Add', domain: '', inputs: ['part', 'sum'], outputs: ['y'], attributes: {} },
    ],
    opsets: [{ domain: '', version: 17 }],
    metadata: [],
  });
  await writeFile(file, bytes);
  return file;
}

async function start(file: string, limits: Partial<ChildLimits> = {}, ends: string[] = []): Promise<OwnScorer> {
  const scorer = await startOwnScorer({
    name: 'priced v1',
    pathOf: () => Promise.resolve(file),
    signature,
    limits: { ...usual, ...limits },
    log: silentLog,
    onEnd: (how) => ends.push(how),
  });
  open.push(scorer);
  return scorer;
}

const rowsOf = (count: number): readonly EncodedRow[] =>
  Array.from({ length: count }, (_, row) => ({
    numbers: Float64Array.of(row % 5 === 4 ? NaN : Math.sin(row) * 1e3),
    texts: [row % 3 === 0 ? null : `word ${row}`],
  }));

test('it answers as the model does in this process, bit for bit, and a row that fails fails alone', async () => {
  const file = await fileOf(1);
  const here = await loadScorer(file, signature);
  const own = await start(file);
  expect([...own.inputTypes]).toEqual([...here.inputTypes]);
  for (const count of [1, 7, 64, 256]) {
    // oxlint-disable-next-line no-await-in-loop -- one run at a time, as a batcher does it
    expect(await own.score(rowsOf(count))).toEqual(await here.score(rowsOf(count)));
  }
  expect((await own.score(rowsOf(5)))[4]).toBeNull();
  await until('its memory is told', async () => own.process.bytes > 0);
  await here.close();
});

test('killed, it says so at once and answers again soon; closed, it is gone', async () => {
  const ends: string[] = [];
  const own = await start(await fileOf(1), {}, ends);
  const before = await own.score(rowsOf(3));
  const { pid } = own.process;
  process.kill(pid, 'SIGKILL');
  await until('it is away', async () => own.process.whyAway() !== null);
  await expect(own.score(rowsOf(3))).rejects.toMatchObject({
    code: 'unavailable',
    message: 'priced v1 does not answer: it ended (SIGKILL); its process is started again',
  });
  await until('it is back', async () => own.process.whyAway() === null);
  expect(own.process.pid).not.toBe(pid);
  expect(await own.score(rowsOf(3))).toEqual(before);
  expect(ends).toEqual(['crashed']);
  const last = own.process.pid;
  await own.close();
  expect(() => process.kill(last, 0)).toThrow('ESRCH');
});

test('a run beyond its memory or its time ends the process, not its parent, and it comes back', async () => {
  const ends: string[] = [];
  const file = await fileOf(1_000);
  const own = await start(file, { memoryBytesMax: 384 * mebibyte }, ends);
  expect(await own.score(rowsOf(1))).toEqual([[0]]);
  // 200 rows take 800 MB.
  await expect(own.score(rowsOf(200))).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('it held more than 384 MiB of memory'),
  });
  await until('it is back', async () => own.process.whyAway() === null);
  expect(await own.score(rowsOf(1))).toEqual([[0]]);
  const slow = await start(file, { timeoutMs: 1 }, ends);
  await expect(slow.score(rowsOf(60))).rejects.toMatchObject({
    message: expect.stringContaining('a run took more than 1 ms'),
  });
  expect(ends).toEqual(['memory', 'timeout']);
});

test('a model that does not fit into its memory, or has no file, does not start', async () => {
  await expect(start(await fileOf(1), { memoryBytesMax: 10 * mebibyte })).rejects.toThrow(
    'it held more than 10 MiB of memory',
  );
  await expect(start(path.join(folder, 'nobody.onnx'))).rejects.toMatchObject({ code: 'unavailable' });
});

test('it ends with its parent, however that ends', async () => {
  const place = JSON.stringify(new URL('./model-child.ts', import.meta.url).href);
  const said = JSON.stringify([await fileOf(1), signature, usual]);
  const script = `const { startModelChild } = await import(${place});
    const child = startModelChild(...${said});
    await child.loaded;
    console.log(child.pid);
    setInterval(() => undefined, 1_000);`;
  const parent = spawn(process.execPath, [...loaderArguments(), '--input-type=module', '--eval', script], {
    cwd: rootDir,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = Number(await new Promise<Buffer>((resolve) => parent.stdout.once('data', resolve)));
  expect(isGone(pid)).toBe(false);
  parent.kill('SIGKILL');
  expect(await until('it is gone', async () => isGone(pid))).toBe(true);
});

function isGone(pid: number): boolean {
  try {
    return !process.kill(pid, 0);
  } catch {
    return true;
  }
}

test('what is measured is what the model takes, not what its parent holds', async () => {
  const ballast = Buffer.alloc(400 * mebibyte, 1);
  const declared = { process: 'shared', memoryBytesMax: 512 * mebibyte, timeoutMs: 5_000 } as const;
  const row = (index: number): EncodedRow => ({ numbers: Float64Array.of(index), texts: ['a'] });
  const memory = await measureMemory(await fileOf(1), signature, row, declared);
  expect(ballast.byteLength).toBeGreaterThan(0);
  expect(memory.runs.map(({ rows }) => rows)).toEqual([1, 7, 64, 256, 4_096]);
  expect(memory.runs.at(-1)?.peakBytes).toBeLessThan(memory.idleBytes + 200 * mebibyte);
});
