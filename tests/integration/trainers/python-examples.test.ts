import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { returnsByLightgbm } from '../../../examples/trainers/lightgbm-command/model.ts';
import { returnsByNotebook } from '../../../examples/trainers/notebook/model.ts';
import { returnsByPipeline } from '../../../examples/trainers/sklearn-pipeline/model.ts';
import type { TrainReport } from '../../../src/domain/training/training.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
import { missingOf } from '../../worlds/python-tool.ts';
import { titled } from '../../worlds/tools.ts';
import { findTrainerPython, pythonIn } from '../../worlds/trainer-python.ts';

/** Training code of the examples on the real stack: gated, rolled out, served, and trained again. */
const python = await findTrainerPython();
const missing = missingOf(python);
const examples = fileURLToPath(new URL('../../../examples/trainers', import.meta.url));
const pathBefore = process.env['PATH'] ?? '';

/** Python starts and loads its libraries twice in each of them. */
const hungMs = 300_000;

let folder: string;
let world: LoopWorld;
beforeAll(async () => {
  if ('missing' in python) return;
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-examples-'));
  const bin = await pythonIn(folder, python.command);
  world = await startLoopWorld([], {
    variables: { PERENNIAL_TRAINERS_DIR: examples, PATH: `${bin}:${pathBefore}` },
  });
  process.env['PATH'] = pathBefore;
});
afterAll(async () => {
  process.env['PATH'] = pathBefore;
  if ('missing' in python) return;
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

const kinds = [
  { name: 'by-lightgbm', trainer: returnsByLightgbm.trainer },
  { name: 'by-pipeline', trainer: returnsByPipeline.trainer },
  { name: 'by-notebook', trainer: returnsByNotebook.trainer },
];

test.skipIf(missing !== null).for(kinds)(
  titled('$name: its version is judged, rolled out, answers, and is followed by another one', missing),
  { timeout: hungMs },
  async ({ name, trainer }) => {
    await world.champion(name, { trainer });
    const { parity, candidate } = await reportOf(name, 1);
    // What the Python object itself answered is what the served file answers.
    expect(parity.rows).toBeGreaterThan(50);
    expect(parity.maxAbsoluteDifference).toBeLessThanOrEqual(1e-4);
    expect(candidate).toMatchObject({ family: 'external' });
    expect(candidate.testMetrics.auroc).toBeGreaterThan(0.75);

    await world.play(name, 1);
    await world.challenge(name);
    await world.playOut(name);
    expect((await world.settled(name)).championVersion).toBe(2);
  },
);

async function reportOf(model: string, number: number): Promise<TrainReport> {
  const { rows } = await world.stack.database.pool.query<{ report: TrainReport }>(
    'select report from version where model = $1 and version = $2',
    [model, number],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`there is no version ${number} of ${model}`);
  return row.report;
}
