import { playBadChallenger } from './bad-challenger.ts';
import { checkLoop } from './checks.ts';
import { openTheWorld } from './open.ts';
import type { DemoOptions } from './options.ts';
import { createPlay, historyFilesIn } from './play.ts';
import { onStage } from './stage.ts';
import { playCalm, playNewPattern, playVolumeShift } from './traffic.ts';
import { valueOf } from './value.ts';
import { reportWorld } from './world-report.ts';

/**
 * The whole life of the `fraud` model in the payments world. Each act finds out from Postgres whether it has happened,
 * so a demo that was killed goes on where it was. Exit code 0 only if the loop really closed.
 */
export async function playWorld(options: DemoOptions): Promise<number> {
  const { json, keep, seed } = options;
  const sourceFilesIn = (stateDir: string) => Object.values(historyFilesIn(stateDir));
  return onStage({ json, keep, play: ['world', String(seed)], sourceFilesIn }, async (stage) => {
    const play = await createPlay(stage, seed);
    await openTheWorld(play);
    await playCalm(play);
    await playVolumeShift(play);
    await playNewPattern(play);
    await playBadChallenger(play);
    const value = await valueOf(play);
    const checks = await checkLoop(play, value);
    reportWorld(options, play, value, checks);
    return checks.every(({ ok }) => ok) ? 0 : 1;
  });
}
