import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { chooseTrial } from '../../src/domain/training/search/choose-trial.ts';
import { ensembleOf, type EnsembleAsk } from '../../src/domain/training/search/ensemble.ts';
import { defaultTrainers, type OwnSpec, type SearchSpec } from '../../src/domain/spec/trainer-spec.ts';
import type { TrainReport } from '../../src/domain/training/training.ts';
import { runStep } from '../../src/trainers/run-train.ts';
import { search } from '../../src/sdk/declare/trainer/trainer.ts';
import { fixtureJob, fixtureSpec, fixtureTargets, writeFixture } from '../../tests/worlds/training-fixture.ts';
import { mean, play, rounded, standardError, type Ask } from './compare-samplers.ts';

export interface EnsembleCompared {
  /** Of all seeds. */
  readonly taken: number;
  readonly best: number;
  /** Log loss of the test rows; where no ensemble was taken, that of the best trial. */
  readonly ensemble: number;
  readonly ensembleLessBest: { readonly mean: number; readonly standardError: number };
}

const quiet = async () => undefined;
const trialsMax = 12;
const membersMax = 5;

/** The best of twelve trials beside their ensemble on the test rows, over seeds that draw other trials. */
export async function compareEnsemble({ folder, rows, seeds, say }: Ask): Promise<EnsembleCompared> {
  const data = path.join(folder, 'ensemble.parquet');
  await writeFixture(data, 'binary', rows, 40);
  const job = fixtureJob(fixtureSpec(fixtureTargets.binary, {}, search()), folder, data, 'to-average');
  await runStep('prepare', { ...job, job: 'prepare' }, quiet);
  const losses: { best: number; ensemble: number }[] = [];
  let taken = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    say(`ensemble: seed ${seed} of ${seeds}`);
    const spec: SearchSpec = { ...defaultTrainers.search, seed, trialsMax, ensemble: { membersMax } };
    const done = await play(job.folder, spec, { isKept: true });
    const settings = chooseTrial(spec, done)?.settings;
    const ask = ensembleOf(spec, done);
    if (settings === undefined || ask === null) throw new RangeError('no trial came to anything');
    const alike = { ...settings, seed: 1 } as OwnSpec;
    const best = await judged(job.folder, alike);
    const ensemble = await judged(job.folder, alike, ask);
    taken += ensemble.ensemble?.isTaken === true ? 1 : 0;
    losses.push({ best: lossIn(best), ensemble: lossIn(ensemble) });
  }
  const differences = losses.map((each) => each.ensemble - each.best);
  return {
    taken,
    best: rounded(mean(losses.map(({ best }) => best))),
    ensemble: rounded(mean(losses.map(({ ensemble }) => ensemble))),
    ensembleLessBest: { mean: rounded(mean(differences)), standardError: rounded(standardError(differences)) },
  };
}

async function judged(prepared: string, settings: OwnSpec, ensemble?: EnsembleAsk): Promise<TrainReport> {
  const folder = `${prepared}-fit`;
  await cp(prepared, folder, { recursive: true });
  try {
    const own = { ...settings, refit: false };
    await runStep('fit', { job: 'fit', folder, settings: own, ...(ensemble === undefined ? {} : { ensemble }) }, quiet);
    const champion = { championModelPath: null, championThreshold: null, championTrainedThroughOrder: null };
    return await runStep('judge', { job: 'judge', folder, ...champion }, quiet);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function lossIn({ candidate }: TrainReport): number {
  return candidate.testMetrics.logLoss ?? Number.NaN;
}
