import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../worlds/wait.ts';

/** PERENNIAL_TORCH_PYTHON names a Python with torch, onnx, pandas, pyarrow; CI has none, for they are large. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const command = process.env['PERENNIAL_TORCH_PYTHON'] ?? 'python3';
const hasTorch = spawnSync(command, ['-c', 'import torch, onnx, pandas, pyarrow'], { stdio: 'ignore' }).status === 0;
const environment = { ...process.env, PYTHONPATH: `${root}/python/src:${root}/python/tests` };
const hungMs = 200_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-torch-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.skipIf(!hasTorch)(
  `the PyTorch example goes on from its checkpoint (${hasTorch ? '' : 'needs PERENNIAL_TORCH_PYTHON'})`,
  async () => {
    const settings = '{"epochs": 400, "width": 8}';
    const making = [
      'from pathlib import Path',
      'from folders import make_folder',
      `make_folder(Path("${folder}"), missing=False, settings=${settings})`,
    ].join('\n');
    expect(spawnSync(command, ['-c', making], { env: environment, encoding: 'utf8' })).toMatchObject({ status: 0 });
    const words = [
      '-m',
      'perennial',
      'train',
      path.join(root, 'examples', 'trainers', 'pytorch-worker', 'worker.py:fit'),
    ];
    const env = { ...environment, PERENNIAL_FOLDER: folder };

    const first = spawn(command, words, { env, stdio: 'ignore' });
    const ended = new Promise((resolve) => first.once('exit', resolve));
    await until('a checkpoint is there', () =>
      Promise.resolve(existsSync(path.join(folder, 'checkpoint', 'state.pt'))),
    );
    first.kill('SIGKILL');
    await ended;
    expect(existsSync(path.join(folder, 'model.onnx'))).toBe(false);
    const saidBefore = (await progress()).length;

    const { status, stderr } = spawnSync(command, words, { env, encoding: 'utf8', timeout: hungMs });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(existsSync(path.join(folder, 'model.onnx'))).toBe(true);
    expect(existsSync(path.join(folder, 'predictions.parquet'))).toBe(true);
    // It did not begin again.
    expect((await progress())[saidBefore]?.done).toBeGreaterThan(1);
  },
);

async function progress(): Promise<readonly { readonly done: number }[]> {
  const text = await readFile(path.join(folder, 'progress.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
