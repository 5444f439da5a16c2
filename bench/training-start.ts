import { spawn } from 'node:child_process';
import { rootDir } from '../src/config.ts';
import { startArguments } from '../src/entry-point.ts';
import { serverBundle } from '../src/stack/server-bundle.ts';
import { spreadOf, type Spread } from './spread.ts';

/**
 * How long the training child takes until it could read its job (Node and all modules), in milliseconds: it is
 * started as a training starts it and ends by itself, because its standard input is closed. Part of the work.
 */
export async function measureTrainingStart(runs: number): Promise<Spread> {
  const elapsedMs: number[] = [];
  for (let run = 0; run < runs; run++) elapsedMs.push(await startOnce());
  return spreadOf(elapsedMs);
}

async function startOnce(): Promise<number> {
  const fromMs = performance.now();
  const child = spawn(process.execPath, startArguments('main-train', await serverBundle(rootDir)), {
    cwd: rootDir,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin.end();
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => resolve(performance.now() - fromMs));
  });
}
