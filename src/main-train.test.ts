import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Footprint } from './domain/training/gates/footprint-rounds.ts';
import { processArguments } from '../tests/worlds/process-arguments.ts';
import { fixtureJob, fixtureSpec, fixtureTargets, writeFixture } from '../tests/worlds/training-fixture.ts';

let folder = '';
let data = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-child-'));
  data = join(folder, 'data.parquet');
  await writeFixture(data, 'binary', 3_000);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Runs the child with these lines of input, and ends its standard input when it says `closeOn`. */
async function run(
  line: string,
  closeOn = '"result":',
): Promise<{ lines: Record<string, unknown>[]; code: number | null }> {
  const child = spawn(process.execPath, await processArguments('main-train'), { stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (text.includes(closeOn)) child.stdin.end();
  });
  child.stdin.write(`${line}\n`);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return {
    code,
    lines: text
      .trim()
      .split('\n')
      .map((each) => JSON.parse(each) as Record<string, unknown>),
  };
}

const small = fixtureSpec(fixtureTargets.binary);

describe('training child', () => {
  it('answers progress lines and one result, and the same report to the steps one after the other', async () => {
    const { lines, code } = await run(JSON.stringify(fixtureJob(small, folder, data, 'together')));
    expect(code).toBe(0);
    expect(lines.slice(0, -1).every((line) => typeof line['phase'] === 'string')).toBe(true);
    expect(lines.at(-1)).toMatchObject({ result: { rows: { test: expect.any(Number) } } });

    const { job: _job, spec, dataPaths, folder: own, ...champion } = fixtureJob(small, folder, data, 'in steps');
    const steps = [
      { job: 'prepare', spec, dataPaths, folder: own },
      { job: 'fit', folder: own },
      { job: 'judge', folder: own, ...champion },
    ];
    const inSteps = await run(steps.map((step) => JSON.stringify(step)).join('\n'), '"result":{');
    expect(inSteps.code).toBe(0);
    const results = inSteps.lines.filter((line) => 'result' in line).map(({ result }) => result);
    expect(results).toEqual([null, null, lines.at(-1)?.['result']]);
  });

  it('measures the file of a judged folder, beside that of a champion', async () => {
    const { job: _job, spec, dataPaths, folder: own, ...champion } = fixtureJob(small, folder, data, 'measured');
    const { features, target } = spec;
    const steps = [
      { job: 'prepare', spec, dataPaths, folder: own },
      { job: 'fit', folder: own },
      { job: 'judge', folder: own, ...champion },
      {
        job: 'measure',
        folder: own,
        modelFile: 'candidate.onnx',
        champion: { path: join(own, 'candidate.onnx'), features, target, isShared: false },
        measures: { isLatencyAsked: false, isMemoryAsked: false, batchRows: [256] },
      },
    ];
    const { lines } = await run(steps.map((step) => JSON.stringify(step)).join('\n'), '"fileBytes"');
    const { result } = lines.at(-1) as { readonly result: Footprint };
    expect(result.rounds.length).toBeGreaterThan(0);
    expect(result.fileBytes.champion).toBe(result.fileBytes.candidate);
    expect(result.rounds[0]?.champion?.batches).toMatchObject([{ rows: 256 }]);
  });

  it('answers one error with code, message, path and hint', async () => {
    const gone = fixtureSpec({ ...fixtureTargets.binary, column: 'gone' });
    const { lines, code } = await run(JSON.stringify(fixtureJob(gone, folder, data, 'bad')));
    expect(code).toBe(1);
    expect(lines.at(-1)).toEqual({
      error: {
        code: 'invalid_data',
        message: expect.stringContaining('no column "gone"'),
        path: 'gone',
        hint: expect.any(String),
      },
    });
    expect((await run('{"job":"sing"}')).lines).toEqual([
      { error: expect.objectContaining({ code: 'invalid_request' }) },
    ]);
  });

  it('ends when its standard input closes', async () => {
    const slow = fixtureSpec(
      fixtureTargets.binary,
      {},
      { treesMax: 5_000, earlyStoppingTrees: 5_000, learningRate: 0.001 },
    );
    const { lines, code } = await run(JSON.stringify(fixtureJob(slow, folder, data, 'aborted')), '"phase":"fit"');
    expect(code).toBe(1);
    expect(lines.some((line) => 'result' in line || 'error' in line)).toBe(false);
  });
});
