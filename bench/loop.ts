import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startStack, type StartedStack } from '../src/stack/start-stack.ts';
import { PerennialError } from '../src/domain/words/errors.ts';
import { onStopSignal } from '../src/embedded/process/end-with-parent.ts';
import { createLogger } from '../src/telemetry/logger.ts';
import { configOfOwnEngines } from './own-engines.ts';
import { measureDurableStep } from './durable-step.ts';
import { measureOrchestration, type Orchestration } from './orchestration.ts';
import { createPlayer } from './retrain-and-rollout.ts';
import { spreadOf, type Spread } from './spread.ts';
import { measureTrainingStart } from './training-start.ts';
import { readOptions, wholeOption } from '../tools/options.mjs';

const help = `npm run bench:loop [-- --json] [-- --runs N]

Measures, on embedded engines in a folder of their own, what the loop costs beside the work that it orchestrates:
  durableStepMs     one activity that does nothing, in a workflow (target: at most 12)
  orchestrationMs   a whole retrain-and-rollout without its work and without waiting for traffic (target: at most 1,000)
  trainingStartMs   start of the training child; part of the work, told because it is the largest fixed cost
Times are medians (min to max) of N runs, 5 unless told otherwise.`;

const targets = { durableStepMs: 12, orchestrationMs: 1_000 } as const;
const runsMax = 100;

const { values } = readOptions({
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const runs = wholeOption('runs', values.runs);
if (values.help) process.stdout.write(`${help}\n`);
else if (!Number.isInteger(runs) || runs < 1 || runs > runsMax)
  fail(new PerennialError('invalid_request', `--runs must be a whole number from 1 to ${runsMax}.`), 2);
else await bench(runs).catch((error: unknown) => fail(error, 1));

async function bench(count: number): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-bench-'));
  const config = configOfOwnEngines(folder);
  let giveUp: (error: Error) => void = () => undefined;
  const fatal = new Promise<never>((_, reject) => (giveUp = reject));
  fatal.catch(() => undefined);
  onStopSignal(() => giveUp(new PerennialError('unavailable', 'interrupted')));
  const stack = await startStack(config, { log: createLogger('bench', 'silent'), onProgress: say, onFatal: giveUp });
  try {
    report(await Promise.race([measure(stack, folder, count), fatal]));
  } finally {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Measured {
  readonly durableStep: Spread;
  readonly trainingStart: Spread;
  readonly orchestrations: readonly Orchestration[];
}

async function measure(stack: StartedStack, folder: string, count: number): Promise<Measured> {
  const address = stack.temporalAddress ?? '';
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace: stack.namespace });
  const player = await createPlayer(stack, folder);
  try {
    say('one durable step');
    const durableStep = await measureDurableStep(client, address, count);
    const trainingStart = await measureTrainingStart(count);
    say('the first champion');
    await player.first();
    const orchestrations: Orchestration[] = [];
    for (let run = 1; run <= count; run++) {
      say(`retrain and roll out, ${run} of ${count}`);
      orchestrations.push(await measureOrchestration(client, await player.retrain()));
    }
    return { durableStep, trainingStart, orchestrations };
  } finally {
    player.close();
    await connection.close();
  }
}

function report({ durableStep, trainingStart, orchestrations }: Measured): void {
  const of = (read: (one: Orchestration) => number): Spread => spreadOf(orchestrations.map(read));
  const orchestration = of((one) => one.orchestrationMs);
  const [total, work, traffic] = [of((one) => one.totalMs), of((one) => one.workMs), of((one) => one.trafficMs)];
  const names = [...new Set(orchestrations.flatMap((one) => Object.keys(one.parts)))];
  const parts = Object.fromEntries(names.map((name) => [name, of((one) => one.parts[name] ?? 0)]));
  const isWithin = durableStep.median <= targets.durableStepMs && orchestration.median <= targets.orchestrationMs;
  if (values.json) {
    const spreads = { durableStep, orchestration, trainingStart, total, work, traffic, parts };
    const result = {
      durableStepMs: durableStep.median,
      orchestrationMs: orchestration.median,
      trainingStartMs: trainingStart.median,
      targets,
      isWithin,
      runs: orchestrations.length,
      spreads,
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const lines = [
    'milliseconds, median (min to max)',
    line('durable step', durableStep, targets.durableStepMs),
    line('orchestration', orchestration, targets.orchestrationMs),
    ...Object.entries(parts).map(([name, spread]) => line(`  ${name}`, spread)),
    line('whole retrain + rollout', total),
    line('  work in it', work),
    line('  waiting for traffic', traffic),
    line('training child start', trainingStart),
    isWithin ? 'within the targets' : 'beyond a target',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function line(name: string, spread: Spread, target?: number): string {
  const range = `(${spread.min.toFixed(1)} to ${spread.max.toFixed(1)})`;
  const wanted = target === undefined ? '' : `  target ${target}`;
  return `${name.padEnd(24)}${spread.median.toFixed(1).padStart(9)}  ${range}${wanted}`;
}

function say(line: string): void {
  process.stderr.write(`  ${line}\n`);
}

function fail(error: unknown, code: number): void {
  process.stderr.write(
    error instanceof PerennialError
      ? `error: ${error.message}\nhint: ${error.hint}\n`
      : `error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = code;
}
