import path from 'node:path';
import { byLoss, nextTrials } from '../../src/domain/training/search/next-trials.ts';
import type { TrialDone } from '../../src/domain/training/search/trial.ts';
import { defaultTrainers, type SearchSpec } from '../../src/domain/spec/trainer-spec.ts';
import { runStep } from '../../src/trainers/run-train.ts';
import { search } from '../../src/sdk/declare/trainer/trainer.ts';
import { fixtureJob, fixtureSpec, fixtureTargets, writeFixture } from '../../tests/worlds/training-fixture.ts';

export interface SamplersCompared {
  readonly tpe30: number;
  readonly random30: number;
  readonly random60: number;
  /** Below 0: TPE found more with half of the trials. */
  readonly tpe30LessRandom60: { readonly mean: number; readonly standardError: number };
}

/** What a comparison of searches is asked with. */
export interface Ask {
  readonly folder: string;
  readonly rows: number;
  readonly seeds: number;
  readonly say: (line: string) => void;
}

const { gbdt } = defaultTrainers.search.families;
/** The family that has more than one setting: of the other one, nobody needs a search. */
const space: SearchSpec = { ...defaultTrainers.search, families: { gbdt: { ...gbdt, treesMax: 300 } }, parallel: 2 };

/** Plays searches over one prepared table without the engines around them: the same trials, and nothing else. */
export async function compareSamplers({ folder, rows, seeds, say }: Ask): Promise<SamplersCompared> {
  const data = path.join(folder, 'rows.parquet');
  await writeFixture(data, 'binary', rows, 40);
  const job = fixtureJob(fixtureSpec(fixtureTargets.binary, {}, search()), folder, data, 'prepared');
  await runStep('prepare', { ...job, job: 'prepare' }, async () => undefined);
  const tpe: number[] = [];
  const random30: number[] = [];
  const random60: number[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    say(`seed ${seed} of ${seeds}`);
    const byTpe = await play(job.folder, { ...space, seed, sampler: 'tpe', trialsMax: 30 });
    const byChance = await play(job.folder, { ...space, seed, sampler: 'random', trialsMax: 60 });
    tpe.push(lowest(byTpe));
    random30.push(lowest(byChance.filter(({ number }) => number <= 30)));
    random60.push(lowest(byChance));
  }
  const differences = tpe.map((loss, at) => loss - (random60[at] ?? 0));
  return {
    tpe30: rounded(mean(tpe)),
    random30: rounded(mean(random30)),
    random60: rounded(mean(random60)),
    tpe30LessRandom60: { mean: rounded(mean(differences)), standardError: rounded(standardError(differences)) },
  };
}

export async function play(
  folder: string,
  spec: SearchSpec,
  kept: { readonly isKept?: true } = {},
): Promise<TrialDone[]> {
  const done: TrialDone[] = [];
  for (let asked = nextTrials(spec, done); asked.length > 0; asked = nextTrials(spec, done))
    for (const { number, rung, share, point, settings } of asked) {
      // The seed of the sampler is not one of the fit: equal settings have equal losses.
      const ask = { number: 0, rung, share, settings: { ...settings, seed: 1 } };
      const fit = await runStep('trial', { ...ask, ...kept, job: 'trial', folder }, async () => undefined);
      done.push({ number, rung, share, point, settings, fit, reason: null });
    }
  return done;
}

function lowest(done: readonly TrialDone[]): number {
  return byLoss(done)[0]?.fit?.loss ?? Number.NaN;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function standardError(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

export function rounded(value: number): number {
  return Number(value.toPrecision(5));
}
