import { featuresOf } from '../../domain/spec/signature.ts';
import type { ExternalSpec } from '../../domain/spec/trainer-spec.ts';
import { classesOf, positiveOf } from '../../domain/tasks/task-of.ts';
import type { ExternalFeature, ExternalStage, ExternalTask } from '../../domain/training/external.ts';
import type { Prepared } from '../prepare/folder.ts';

/** What is asked of a program, beside what the prepared folder says. */
export interface ExternalAsk {
  readonly run: string;
  readonly stage: ExternalStage;
}

/** What `spec.json` says to the program. */
export function taskOfFolder(
  prepared: Prepared,
  trainer: ExternalSpec,
  ask: ExternalAsk,
  rows: ExternalTask['rows'],
): ExternalTask {
  const { spec, champion = null } = prepared;
  const classes = classesOf(spec.target);
  const positive = positiveOf(spec.target);
  return {
    formatVersion: 1,
    model: spec.name,
    run: ask.run,
    stage: ask.stage,
    task: spec.target.task,
    target: {
      column: spec.target.column,
      ...(classes.length === 0 ? {} : { classes }),
      ...(positive === null ? {} : { positive }),
    },
    eventTime: spec.eventTime?.column ?? null,
    entity: spec.entity?.column ?? null,
    features: featuresToLearn(prepared),
    seed: trainer.seed,
    settings: trainer.settings,
    rows,
    champion: champion === null ? null : { version: champion.version, threshold: champion.threshold },
    limits:
      trainer.kind === 'command'
        ? {
            memoryBytesMax: trainer.memoryBytesMax,
            timeMsMax: trainer.timeMsMax,
            filesBytesMax: trainer.filesBytesMax,
          }
        : { memoryBytesMax: null, timeMsMax: trainer.timeMsMax, filesBytesMax: null },
  };
}

/** What a model may take, in the order of its matrix. An input that derived features alone read is none of it. */
export function featuresToLearn({ spec, signature }: Pick<Prepared, 'spec' | 'signature'>): readonly ExternalFeature[] {
  const raw = new Map(spec.features.map((feature) => [feature.name, feature]));
  return featuresOf(signature).map(({ name, kind }): ExternalFeature => {
    const feature = raw.get(name);
    if (feature === undefined) return { name, kind, missing: 'allow', isDerived: true };
    const values = 'values' in feature ? feature.values : undefined;
    return { name, kind, missing: feature.missing, ...(values === undefined ? {} : { values }), isDerived: false };
  });
}
