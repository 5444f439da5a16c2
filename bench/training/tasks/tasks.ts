import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { array, number, object, string, union } from 'zod';
import { rootDir } from '../../../src/config.ts';
import { defaultTrainers } from '../../../src/domain/spec/trainer-spec.ts';
import { logLossRows, squaredErrorRows } from '../../../src/statistics/samples/losses.ts';
import { pairedLosses, type TaskDifference } from './compare-losses.ts';
import { fitOwn } from './own-tasks.ts';
import { readPeer, writeSplit } from './split-file.ts';
import { splitsOf } from './split-tasks.ts';
import type { TaskSplit } from './task-rows.ts';

const run = promisify(execFile);
const peersMsMax = 1_800_000;
const answer = union([
  object({ missing: string() }),
  object({
    cpuSeconds: object({ plain: number(), stopped: number() }),
    trees: array(number()),
    version: string(),
  }),
]);

export interface TaskFigure {
  readonly task: string;
  readonly testRows: number;
  readonly splits: number;
  readonly loss: 'log loss' | 'squared error';
  /** Chosen on the validation rows, beside LightGBM that these rows ended. */
  readonly candidate: TaskDifference;
  /** Fitted again on training and validation rows, beside LightGBM's 100 trees on both. */
  readonly release: TaskDifference;
  readonly trees: readonly number[];
  readonly peerTrees: readonly number[];
  readonly cpuSeconds: { readonly own: number; readonly plain: number; readonly stopped: number };
  readonly version: string;
}

interface Asked {
  readonly data: string;
  readonly splits: number;
  readonly seed: number;
  readonly python: string;
}

/** Text: why there is no figure. */
export async function benchTask(name: string, { data, splits, seed, python }: Asked): Promise<TaskFigure | string> {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-bench-tasks-'));
  try {
    const all = await splitsOf(name, data, splits, seed);
    const folders = all.map((_, at) => join(folder, `${at}`));
    for (const [at, split] of all.entries()) {
      await mkdir(folders[at] ?? folder);
      await writeSplit(folders[at] ?? folder, split);
    }
    const { treesMax, earlyStoppingTrees } = defaultTrainers.gbdt;
    const script = join(rootDir, 'bench', 'training', 'tasks', 'peer_tasks.py');
    const asked = [script, `${treesMax}`, `${earlyStoppingTrees}`, ...folders];
    const output = await run(python, asked, { timeout: peersMsMax }).catch((error: unknown) => error);
    if (!isOutput(output)) return `the peer did not answer: is there a "${python}"?${tailOf(output)}`;
    const told = answer.parse(JSON.parse(output.stdout));
    if ('missing' in told) return `lightgbm not found: ${python} has no package "${told.missing}"`;
    const losses = { candidate: pairedLosses(), release: pairedLosses() };
    const trees: number[] = [];
    let cpuSeconds = 0;
    for (const [at, split] of all.entries()) {
      const own = await fitOwn(split);
      trees.push(own.trees);
      cpuSeconds += own.cpuSeconds;
      const from = folders[at] ?? folder;
      losses.candidate.add(lossesOf(split, own.candidate), lossesOf(split, await readPeer(from, 'stopped')));
      losses.release.add(lossesOf(split, own.release), lossesOf(split, await readPeer(from, 'plain')));
    }
    return {
      task: name,
      testRows: losses.release.rows(),
      splits,
      loss: all[0]?.rows.task === 'regression' ? 'squared error' : 'log loss',
      candidate: losses.candidate.difference(),
      release: losses.release.difference(),
      trees,
      peerTrees: told.trees,
      cpuSeconds: { own: cpuSeconds, ...told.cpuSeconds },
      version: told.version,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function lossesOf({ rows, training, validation }: TaskSplit, answers: Float64Array): Float64Array {
  const labels = rows.labels.subarray(training + validation);
  return rows.task === 'regression' ? squaredErrorRows(answers, labels) : logLossRows(answers, rows.classes, labels);
}

function isOutput(value: unknown): value is { readonly stdout: string } {
  return typeof value === 'object' && value !== null && 'stdout' in value && !(value instanceof Error);
}

/** The last line that a program wrote about its end. */
function tailOf(error: unknown): string {
  const said = typeof error === 'object' && error !== null ? Reflect.get(error, 'stderr') : undefined;
  const last = typeof said === 'string' ? said.trim().split('\n').at(-1) : undefined;
  return last === undefined || last === '' ? '' : ` ${last}`;
}

export function sayFigure({ task, testRows, splits, loss, candidate, release, cpuSeconds }: TaskFigure): string {
  const [own, peer] = [cpuSeconds.own, cpuSeconds.plain + cpuSeconds.stopped].map((seconds) => seconds.toFixed(1));
  return (
    `${task}: ${loss} on ${testRows.toLocaleString('en')} rows of ${splits} splits; ` +
    `chosen ${sayDifference(candidate)}; fitted again ${sayDifference(release)}; ${own} and ${peer} CPU s`
  );
}

function sayDifference({ own, peer, bySplits, verdict }: TaskDifference): string {
  const share = (part: number): string => `${((100 * part) / peer).toFixed(2)} %`;
  const bounds = `${share(own - peer)} [${bySplits.map(share).join(', ')}]`;
  return `${own.toPrecision(5)} beside ${peer.toPrecision(5)}, ${bounds}${verdict === null ? '' : ` (${verdict})`}`;
}
