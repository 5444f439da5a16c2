import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Signature } from '../../domain/spec/signature.ts';
import { encodeModel } from '../../onnx/graphs/wire.ts';
import { columnFrom, columnsOf } from '../../onnx/run/columns.ts';
import { encodeColumns } from '../../onnx/run/encode-columns.ts';
import { measureFootprint } from './measure-footprint.ts';
import { timeCalls } from './time-calls.ts';

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
const columns = columnsOf(3, [
  columnFrom({ name: 'x', kind: 'number' }, [1, null, 3]),
  columnFrom({ name: 'word', kind: 'category' }, ['a', 'b', null]),
]);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-footprint-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** `x` and a constant of so many numbers, which the file and the process hold. */
async function fileOf(name: string, numbers: number, op = 'Mul') {
  const file = path.join(folder, `${name}.onnx`);
  const bytes = encodeModel({
    graphName: name,
    inputs: [
      { name: 'x', type: 'float', dims: ['N', 1] },
      { name: 'word', type: 'string', dims: ['N', 1] },
    ],
    outputs: [{ name: 'y', type: 'float', dims: null }],
    constants: [
      { name: 'many', tensor: { type: 'float', dims: [numbers], values: new Array<number>(numbers).fill(1 / 3) } },
    ],
    nodes: [
      { op: 'ReduceSum', domain: '', inputs: ['many'], outputs: ['sum'], attributes: {} },
      { op, domain: '', inputs: ['x', 'sum'], outputs: ['y'], attributes: {} },
    ],
    opsets: [{ domain: '', version: 17 }],
    metadata: [],
  });
  await writeFile(file, bytes);
  return { path: file, signature, isShared: true };
}

describe('measureFootprint', () => {
  test('both files, round by round, each in a process of its own', async () => {
    const small = await fileOf('small', 1);
    const large = await fileOf('large', 6_000_000);
    const told: number[] = [];
    const found = await measureFootprint({
      candidate: large,
      champion: small,
      columns,
      measures: { isLatencyAsked: true, isMemoryAsked: true, batchRows: [1, 64] },
      rounds: 2,
      onProgress: (done) => Promise.resolve(void told.push(done)),
    });
    expect(found.fileBytes).toEqual({
      candidate: (await stat(large.path)).size,
      champion: (await stat(small.path)).size,
    });
    expect(found.machine.cores).toBeGreaterThan(0);
    expect(told.at(-1)).toBe(2);
    expect(found.rounds).toHaveLength(2);
    for (const { candidate, champion } of found.rounds) {
      expect(champion).not.toBeNull();
      for (const round of [candidate, champion]) {
        expect(round?.latencyMs?.calls).toBeGreaterThanOrEqual(5);
        expect(round?.latencyMs?.p99).toBeGreaterThanOrEqual(round?.latencyMs?.p50 ?? Infinity);
        expect(round?.batches.map(({ rows }) => rows)).toEqual([1, 64]);
        for (const batch of round?.batches ?? []) expect(batch.coreMsPerRow).toBeGreaterThan(0);
        expect(round?.coreShare).toBeGreaterThan(0);
        expect(round?.coreShare).toBeLessThanOrEqual(1);
      }
      // Six million numbers of four bytes, of which a third is a wide margin.
      expect((candidate.peakBytes ?? 0) - (champion?.peakBytes ?? Infinity)).toBeGreaterThan(8_000_000);
    }
  });

  test('what is not asked is not measured: for the size of a file no process is started', async () => {
    const nobody = await fileOf('silent', 1, 'NoSuchOperator');
    const nothing = { isLatencyAsked: false, isMemoryAsked: false, batchRows: [] };
    const sizes = await measureFootprint({ candidate: nobody, champion: null, columns, measures: nothing });
    expect(sizes).toMatchObject({ fileBytes: { candidate: (await stat(nobody.path)).size }, rounds: [] });
    const small = await fileOf('remembered', 1);
    const measures = { ...nothing, isMemoryAsked: true };
    const memory = await measureFootprint({ candidate: small, champion: null, columns, measures, rounds: 1 });
    expect(memory.rounds[0]?.candidate).toMatchObject({ latencyMs: null, batches: [], peakBytes: expect.any(Number) });
  });

  test('without a champion; a file that cannot be run says why', async () => {
    const alone = await measureFootprint({
      candidate: await fileOf('alone', 1),
      champion: null,
      columns,
      measures: { isLatencyAsked: true, isMemoryAsked: false, batchRows: [] },
      rounds: 1,
    });
    expect(alone).toMatchObject({ fileBytes: { champion: null }, rounds: [{ champion: null }] });
    const measures = { isLatencyAsked: true, isMemoryAsked: false, batchRows: [] };
    const broken = { ...(await fileOf('broken', 1)), path: path.join(folder, 'nobody.onnx') };
    await expect(measureFootprint({ candidate: broken, champion: null, columns, measures })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});

test('rows are encoded by the signature; what the table lacks is missing', () => {
  const wider: Signature = {
    ...signature,
    columns: [{ name: 'new', kind: 'number', index: 1 }, ...signature.columns],
    numberCount: 2,
  };
  expect(encodeColumns(wider, columns)).toEqual([
    { numbers: Float64Array.of(1, NaN), texts: ['a'] },
    { numbers: Float64Array.of(NaN, NaN), texts: ['b'] },
    { numbers: Float64Array.of(3, NaN), texts: [null] },
  ]);
});

describe('timeCalls', () => {
  const rows = encodeColumns(signature, columns);
  const scorer = (seen: number[][]) => ({
    score: (batch: readonly { readonly numbers: Float64Array }[]) => {
      seen.push(batch.map(({ numbers }) => numbers[0] ?? NaN));
      return Promise.resolve([]);
    },
  });

  test('each call takes the next rows, from the first again after the last', async () => {
    const seen: number[][] = [];
    const { callMs } = await timeCalls(scorer(seen), rows, { rowsPerCall: 2, calls: 3, msMax: Infinity });
    expect(seen).toEqual([
      [1, NaN],
      [3, 1],
      [NaN, 3],
    ]);
    expect(callMs).toHaveLength(3);
  });

  test('no call is begun after its time, but one is made', async () => {
    const seen: number[][] = [];
    await timeCalls(scorer(seen), rows, { rowsPerCall: 1, calls: 9, msMax: -1 });
    expect(seen).toHaveLength(1);
  });
});
