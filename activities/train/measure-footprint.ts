import { readSpecRevision } from '../../src/db/models/specs.ts';
import { readRouting } from '../../src/db/routing/routing.ts';
import type { TrainInput } from '../../src/domain/record/runs.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { foreignProcessOf } from '../../src/domain/spec/trainer-spec.ts';
import { measuresAsked, type FootprintOutcome } from '../../src/domain/training/gates/footprint-rounds.ts';
import type { MeasureJob, TrainReport } from '../../src/domain/training/training.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import type { TrainingChildren } from './training-children.ts';

/**
 * What the file in a judged folder takes as a program, beside the champion's; null where no gate asks. What cannot be
 * measured is said and fails no training: the gate then leaves it open.
 */
export async function measureFootprint(
  deps: Pick<ActivityDependencies, 'database' | 'store'>,
  children: TrainingChildren,
  input: Pick<TrainInput, 'model' | 'specRevision'>,
  { folder, report }: { readonly folder: string; readonly report: TrainReport },
): Promise<FootprintOutcome | null> {
  const { spec } = await readSpecRevision(deps.database.db, input.model, input.specRevision);
  const measures = measuresAsked(spec.gates);
  if (measures === null) return null;
  const champion = await championOf(deps, input.model);
  const job = { job: 'measure', folder, modelFile: report.release.modelFile, champion, measures } as const;
  try {
    return { measured: await children.run<'measure'>(job) };
  } catch (error) {
    if (!(error instanceof PerennialError)) throw error;
    return { problem: `it could not be measured (${error.message})` };
  }
}

async function championOf(
  { database, store }: Pick<ActivityDependencies, 'database' | 'store'>,
  model: string,
): Promise<MeasureJob['champion']> {
  const champion = (await readRouting(database.db, model))?.champion ?? null;
  if (champion === null) return null;
  const { spec } = await readSpecRevision(database.db, model, champion.specRevision);
  const { features, target } = spec;
  return { path: await store.checkedPathOf(champion.modelDigest), features, target, isShared: isShared(spec) };
}

function isShared({ trainer }: ModelSpec): boolean {
  return foreignProcessOf(trainer)?.process !== 'own';
}
