import process from 'node:process';
import { expect, test } from 'vitest';
import { playChaos } from '../chaos/play.ts';

/** The short form of `npm run soak -- chaos`, which kills a thousand times. */
const kills = 4;

test('whoever is killed and whatever answer is lost, a life leaves what an undisturbed one leaves', async () => {
  const seed = Date.now() % 1_000_000;
  // Printed also when all goes well: a failure must be repeatable.
  process.stdout.write(`seed ${seed}: \`npm run chaos -- --seed ${seed}\` goes further\n`);
  const lines: string[] = [];
  const played = await playChaos({
    seed,
    kills,
    length: 'short',
    abreast: 1,
    betweenMs: { min: 500, max: 3_000 },
    faults: { share: 0.02, clockMs: 120_000 },
    say: (line) => void lines.push(line),
  });
  const { broken } = played;
  expect(broken, `seed ${seed}; state and logs are in ${played.folder}\n${lines.join('\n')}`).toEqual([]);
  const killed = Object.values(played.killed).reduce((sum, count) => sum + count, 0);
  expect({ killed, lives: played.lives > 0 }).toEqual({ killed: kills, lives: true });
});
