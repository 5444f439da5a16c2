// Plays the demo and kills one of its processes (`kill -9`) at ten random moments, the demo itself among them (it is
// then started again and must resume). Afterwards the loop must have closed and every invariant must hold.
//   npm run chaos -- [--seed N] [--kills 10] [-- --data FILE --target COLUMN]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createRandom } from '../src/statistics/random.ts';
import { chooseVictim, jsonLine, startDemo, type DemoResult, type RunningDemo } from '../tests/worlds/demo-run.ts';
import { brokenRulesIn } from '../tests/worlds/invariants.ts';

const betweenKillsMs = { min: 3_000, max: 12_000 };
const oneDemoLimitMs = 20 * 60_000;
/** Engines that were just brought back, and a training, need this long at least to get anywhere. */
const restartsMax = 40;

const { values, positionals } = parseArgs({
  options: { seed: { type: 'string' }, kills: { type: 'string', default: '10' }, keep: { type: 'boolean' } },
  allowPositionals: true,
});
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const random = createRandom(seed);
const stateDir = await mkdtemp(path.join(tmpdir(), 'perennial-chaos-'));
const startedMs = performance.now();
const say = (line: string): void =>
  void process.stdout.write(`${((performance.now() - startedMs) / 1_000).toFixed(1).padStart(7)} s  ${line}\n`);

say(`seed ${seed}: the same kills again with \`npm run chaos -- --seed ${seed}\`; state in ${stateDir}`);
const problems = await play(Number(values.kills));
if (problems.length === 0 && values.keep !== true) await rm(stateDir, { recursive: true, force: true });
for (const problem of problems) say(`BROKEN ${problem}`);
say(
  problems.length === 0
    ? 'everything held'
    : `${problems.length} invariants are broken; state and logs are in ${stateDir}`,
);
process.exit(problems.length === 0 ? 0 : 1);

/** Returns what is broken. A demo that ends before all kills are spent is judged, and another one is played. */
async function play(kills: number): Promise<readonly string[]> {
  let left = kills;
  for (let starts = 0; starts < restartsMax; starts++) {
    const demo = startDemo({
      args: [...positionals, '--json'],
      stateDir,
      onLine: (line) => /resume/.test(line) && say(`  ${line.trim()}`),
    });
    const limit = setTimeout(() => void demo.stop(), oneDemoLimitMs);
    const result = await harass(demo, () => left > 0 && left-- > 0);
    clearTimeout(limit);
    // Killed: the next start resumes it.
    if (result.code === null) continue;
    const broken = await judge(result);
    if (broken.length > 0 || left === 0) return broken;
    say(`the demo ended with ${left} kills left; playing another one`);
  }
  return [`the demo was started ${restartsMax} times and never ended`];
}

async function harass(demo: RunningDemo, mayKill: () => boolean): Promise<DemoResult> {
  for (;;) {
    const pauseMs = betweenKillsMs.min + random.integer(betweenKillsMs.max - betweenKillsMs.min);
    const result = await Promise.race([demo.done, delay(pauseMs)]);
    if (result !== undefined) return result;
    if (!mayKill()) return demo.done;
    const victim = chooseVictim(demo.pid, random.integer);
    if (victim === undefined) continue;
    say(`kill -9 ${victim.name} (${victim.pid})`);
    try {
      process.kill(victim.pid, 'SIGKILL');
    } catch {
      say('  it was gone already');
    }
  }
}

async function judge(result: DemoResult): Promise<readonly string[]> {
  say(`the demo ended with code ${String(result.code)} after ${result.seconds.toFixed(0)} s`);
  const broken = [...(await brokenRulesIn(path.join(stateDir, 'demo')))];
  if (result.code !== 0)
    broken.push(`the loop did not close: ${result.stderr.slice(-1_500)} ${result.stdout.slice(-1_500)}`);
  else say(JSON.stringify(jsonLine(result)));
  return broken;
}
