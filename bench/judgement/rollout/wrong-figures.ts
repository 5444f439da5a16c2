import { alphaShares } from '../../../src/domain/rollout/alpha-shares.ts';
import { defaultRollout } from '../../../src/domain/spec/default-spec.ts';
import type { RolloutSpec } from '../../../src/domain/spec/spec.ts';
import { playFailing, wrongShares, type FailingWorld } from '../../../tests/worlds/delayed-failures.ts';
import { delayWorlds, type DelayWorld } from '../../../tests/worlds/delayed-world.ts';
import { atLeast, atMost, beside, type Figure } from '../figure.ts';

const plan: RolloutSpec = { ...defaultRollout('binary'), failures: ['error', 'wrong'] };
const stopShare = plan.alpha * (alphaShares.evidence + alphaShares.breaker);
const late: DelayWorld = {
  name: 'labels of one class 50 rows late, of the other 2,500',
  mean: -1,
  shift: 0,
  delayOf: (label) => (label === 1 ? 50 : 2_500),
};
const [, , exponential = late] = delayWorlds;
/** As often without an answer: nothing to do with labels. */
const calm = [0.002, 0.002] as const;

/** Decisions that turn out to be wrong, where labels of one class come sooner; and failures that need no label. */
export function wrongFigures(rollouts: number): readonly Figure[] {
  const even = wrongShares(late, 0.1, 0.1);
  const worlds: readonly FailingWorld[] = [
    { delays: late, rowsBefore: 8_000, champion: even, challenger: fastWorse(late), errors: calm, entities: null },
    { delays: late, rowsBefore: 8_000, champion: even, challenger: fastWorse(late), errors: calm, entities: 1_500 },
    {
      delays: exponential,
      rowsBefore: 4_000,
      champion: wrongShares(exponential, 0.1, 0.1),
      challenger: fastWorse(exponential),
      errors: calm,
      entities: null,
    },
  ];
  const [world] = worlds;
  const harmful = { champion: wrongShares(late, 0.05, 0.05), challenger: wrongShares(late, 0.15, 0.02) };
  return [
    ...worlds.map((one) => {
      const what = `${one.delays.name}${one.entities === null ? '' : `, ${one.entities} entities`}`;
      return atMost(
        `${what}: no worse, but on what is known sooner, stopped`,
        stopped(one, rollouts),
        rollouts,
        stopShare,
      );
    }),
    ...(world === undefined
      ? []
      : [
          beside(`${late.name}: stopped by labels as they come`, stopped(world, rollouts, false), rollouts),
          atLeast(
            `${late.name}: wrong three times as often, but not on what is known sooner, stopped`,
            stopped({ ...world, ...harmful }, rollouts),
            rollouts,
            0.95,
          ),
          atLeast(
            `${late.name}: no answer to 3 % of rows where it was 0.2 %, stopped before the later labels come`,
            stopped({ ...world, challenger: even, errors: [0.002, 0.03] }, rollouts, true, 3_000),
            rollouts,
            0.9,
          ),
        ]),
  ];
}

/** As often wrong, more often where labels come soon. */
function fastWorse(delays: DelayWorld): readonly [number, number] {
  return wrongShares(delays, 0.1, 0.3);
}

function stopped(world: FailingWorld, rollouts: number, isMature = true, rowsMax = Infinity): number {
  let count = 0;
  for (let run = 0; run < rollouts; run++) {
    const { stoppedAt } = playFailing(world, plan, `wrong ${world.delays.name} ${run}`, isMature);
    if (stoppedAt !== null && stoppedAt <= rowsMax) count++;
  }
  return count;
}
