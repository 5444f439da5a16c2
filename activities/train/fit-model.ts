import path from 'node:path';
import type { OwnSpec } from '../../src/domain/spec/trainer-spec.ts';
import type { EnsembleAsk } from '../../src/domain/training/search/ensemble.ts';
import { files, type Prepared } from '../../src/trainers/prepare/folder.ts';
import { readJson } from '../../src/trainers/prepare/json-files.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { fitCommand, type CommandDependencies } from './fit-command.ts';
import type { TrainingChildren } from './training-children.ts';
import { doneBefore, folderNameOf, linkPrepared, namedFolder, stepFolder } from './training-folders.ts';

/**
 * What a fit needs: a folder that it shares with whoever prepared it, and for commands their code and secrets. Neither
 * Postgres nor the artifact store.
 */
export type FitDependencies = Pick<ActivityDependencies, 'trainDir'> & CommandDependencies;

export interface FitAsk {
  readonly model: string;
  readonly runId: string;
  /** The prepared folder, below the train folder. */
  readonly folder: string;
  /** What trials have found; absent where the definition says what is fitted, and in older histories. */
  readonly settings?: OwnSpec;
  /** Trials whose mean may be fitted instead; absent where none is asked for, and in older histories. */
  readonly ensemble?: EnsembleAsk;
}

export function fitModelActivities(deps: FitDependencies, children: TrainingChildren) {
  const { trainDir } = deps;
  /**
   * A prepared folder becomes model files with a report, in a folder of its own beside it. Whoever serves the queue may
   * do it, in any language: src/trainers/FOLDER.md says what is read and what is left.
   */
  async function fitModel({ folder: prepared, ...ask }: FitAsk): Promise<{ readonly folder: string }> {
    const { model, runId, settings, ensemble } = ask;
    const from = await namedFolder(trainDir, prepared, files.prepared);
    const base = path.dirname(from);
    const before = await doneBefore(base, 'fit', files.fitted);
    if (before !== null) return { folder: folderNameOf(trainDir, before) };
    const folder = await stepFolder(base, 'fit');
    await linkPrepared(from, folder);
    const { trainer } = (await readJson<Prepared>(path.join(folder, files.prepared))).spec;
    if (trainer.kind === 'command') await fitCommand(deps, children, { model, run: runId, folder, trainer });
    else {
      const found = {
        ...(settings === undefined ? {} : { settings }),
        ...(ensemble === undefined ? {} : { ensemble }),
      };
      await children.run<'fit'>({ job: 'fit', folder, ...found });
    }
    return { folder: folderNameOf(trainDir, folder) };
  }

  return { fitModel };
}
