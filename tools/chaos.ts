// Lives of models while processes and engines are killed at random, writes are told to have failed, disks are full for
// a moment and clocks differ. Each life must leave the registry that an undisturbed one leaves.
import process from 'node:process';
import { playChaos } from '../tests/chaos/play.ts';
import { readOptions, wholeOption } from './options.mjs';

const help = `npm run chaos -- [--seed N] [--kills 10] [--no-faults] [--json]

Starts \`perennial dev\` in a folder of its own and lets models live in it, three at a time: defined, trained,
challenged, promoted, taken back, aborted, frozen, thawed. Meanwhile it kills (\`kill -9\`) its processes, its engines
and itself, or stops one for up to 3 s; after every ten kills a life must get a step further. Unless --no-faults, what
happened is told to have failed (activities, writes to Postgres, words to workflows), writes find the disk full, and the
clock of each process is off by up to two minutes.
When the kills are spent, every life must have left the versions (bytes included), moves, rollouts, trainings, windows,
decisions and commands of an undisturbed one, and every rule in tests/worlds/invariants.ts must hold.
Ctrl-C ends the killing: what lives goes on to its end and is judged.
The seed decides who is killed and when it is due; what it hits depends on the machine.`;

const { values } = readOptions({
  options: {
    seed: { type: 'string' },
    kills: { type: 'string', default: '10' },
    faults: { type: 'boolean', default: true },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
  allowNegative: true,
});
if (values.help) process.stdout.write(`${help}\n`);
else process.exitCode = await chaos(wholeOption('seed', values.seed ?? String(Date.now() % 1_000_000), { min: 0 }));

async function chaos(seed: number): Promise<number> {
  const startedMs = performance.now();
  const say = (line: string): void =>
    void process.stderr.write(`${((performance.now() - startedMs) / 1_000).toFixed(1).padStart(7)} s  ${line}\n`);
  const enough = new AbortController();
  process.once('SIGINT', () => {
    say('enough: the lives that have begun go on to their end');
    enough.abort();
  });
  const kills = wholeOption('kills', values.kills, { min: 0 });
  say(`seed ${seed}: the same again with \`npm run chaos -- --seed ${seed} --kills ${kills}\``);
  const played = await playChaos({
    seed,
    kills,
    length: 'whole',
    abreast: 3,
    betweenMs: { min: 300, max: 2_500 },
    faults: values.faults ? { share: 0.02, clockMs: 120_000 } : null,
    enough: enough.signal,
    say,
  });
  for (const text of played.broken) say(`BROKEN ${text}`);
  say(played.broken.length === 0 ? 'everything held' : `state and logs are in ${played.folder}`);
  const { folder: _folder, ...figures } = played;
  if (values.json) process.stdout.write(`${JSON.stringify({ seed, ...figures })}\n`);
  return played.broken.length === 0 ? 0 : 1;
}
