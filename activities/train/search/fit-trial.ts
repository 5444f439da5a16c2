import type { TrialAsk, TrialFit } from '../../../src/domain/training/search/trial.ts';
import { files } from '../../../src/trainers/prepare/folder.ts';
import type { ActivityDependencies } from '../../dependencies.ts';
import type { TrainingChildren } from '../training-children.ts';
import { namedFolder } from '../training-folders.ts';

export interface TrialOfFolder extends Pick<TrialAsk, 'number' | 'rung' | 'share' | 'settings'> {
  /** The prepared folder, below the train folder. */
  readonly folder: string;
  /** Keeps its answers for an ensemble; absent in older histories, and where none is asked for. */
  readonly isKept?: true;
}

export function fitTrialActivities({ trainDir }: Pick<ActivityDependencies, 'trainDir'>, children: TrainingChildren) {
  /** One trial of a search. Equal asks give equal losses, so it matters to nobody how often it is done. */
  async function fitTrial({ folder, ...ask }: TrialOfFolder): Promise<TrialFit> {
    const from = await namedFolder(trainDir, folder, files.prepared);
    return children.run<'trial'>({ job: 'trial', folder: from, ...ask });
  }

  return { fitTrial };
}
