import { alphaShares } from '../../../src/domain/rollout/alpha-shares.ts';
import { judgeLook } from '../../../src/domain/rollout/judge-look.ts';
import { defaultRollout } from '../../../src/domain/spec/default-spec.ts';
import { sayShare } from '../../../src/domain/words/say.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { atMost, type Figure } from '../figure.ts';

const plan = defaultRollout('binary');
const lookRows = 500;

/** Two equal versions whose entities fail now and then, on a ramp of 10, 25 and 50 %, looked at every 500 rows. */
export function failureFigures(rollouts: number): readonly Figure[] {
  return [0.005, 0.02, 0.03, 0.04, 0.05].map((rate) => {
    let stopped = 0;
    for (let run = 0; run < rollouts; run++) if (isStopped(rate, `failures ${rate} ${run}`)) stopped++;
    const limit = plan.alpha * (alphaShares.evidence + alphaShares.breaker + alphaShares.assignment);
    return atMost(`equal versions that fail on ${sayShare(rate)} of rows, stopped`, stopped, rollouts, limit);
  });
}

function isStopped(rate: number, seed: string): boolean {
  const random = createRandom(seed);
  const failures = [0.1, 0.25, 0.5].map((weight) => ({ weight, championFailures: 0, challengerFailures: 0 }));
  const assigned = failures.map(({ weight }) => ({ weight, champion: 0, challenger: 0 }));
  let [challengerRows, challengerErrors] = [0, 0];
  for (const [at, step] of failures.entries()) {
    const arms = assigned[at] ?? { weight: 0, champion: 0, challenger: 0 };
    for (let row = 1; row <= 2_000; row++) {
      const isChallenger = random.next() < step.weight;
      const hasFailed = random.next() < rate;
      if (isChallenger) challengerRows++;
      if (isChallenger) arms.challenger++;
      else arms.champion++;
      if (isChallenger && hasFailed) challengerErrors++;
      if (hasFailed && isChallenger) step.challengerFailures++;
      else if (hasFailed) step.championFailures++;
      if (row % lookRows !== 0) continue;
      const units = { challengerUnits: challengerRows, challengerUnitFailures: challengerErrors };
      const look = judgeLook({ failures, assigned, challengerRows, challengerErrors, ...units, rollout: plan });
      if (look.verdict === 'stop') return true;
    }
  }
  return false;
}
