import { kindOf } from '../features/kind-of.ts';
import { taskOf } from '../tasks/task-of.ts';
import { completeSpec, defaultLabelDelay } from './default-spec.ts';
import type { ModelProcessSpec } from './parts/model-process.ts';
import type { ForeignFindings, ForeignSignature } from './signature-of-foreign.ts';
import type { FallbackSpec, ModelSpec } from './spec.ts';

/** Stands where a trained model names its data: nothing reads it, because nothing here trains the model. */
const noSource = { kind: 'file', path: '(imported)', format: 'csv' } as const;

/**
 * The definition of an imported model: served and watched, with every rule off that would train it. A real `apply` may
 * replace it.
 */
export function importedSpec(given: {
  readonly name: string;
  readonly owner: string;
  readonly useCase: string | null;
  readonly fileName: string | null;
  readonly findings: ForeignFindings;
  readonly signature: ForeignSignature;
  readonly fallback: FallbackSpec | null;
  readonly process: Partial<ModelProcessSpec>;
}): ModelSpec {
  const { findings, signature } = given;
  const file = given.fileName === null || given.fileName === '' ? 'a model file' : given.fileName;
  return completeSpec({
    name: given.name,
    about: {
      owner: given.owner,
      useCase:
        given.useCase ?? `Imported from ${file}${findings.producer === '' ? '' : `, made by ${findings.producer}`}.`,
      successCriterion: 'Not declared.',
    },
    features: findings.features.map((feature) => kindOf(feature.kind).featureOf(feature, feature)),
    target: taskOf(findings.task).targetOf(
      { column: labelColumn(findings), labelDelay: defaultLabelDelay },
      findings.classes,
    ),
    source: noSource,
    trainer: { kind: 'imported', ...given.process },
    gates: [],
    retrain: {
      schedule: null,
      newLabelledRows: null,
      growthFactor: null,
      onDrift: false,
      onDecay: false,
      onSpecChange: false,
      staleAfter: null,
    },
    ...(signature.entity === undefined ? {} : { entity: { column: signature.entity } }),
    ...(signature.eventTime === undefined ? {} : { eventTime: { column: signature.eventTime } }),
    ...(signature.season === undefined ? {} : { watch: { season: signature.season } }),
    ...(given.fallback === null ? {} : { fallback: given.fallback }),
  });
}

/** No feature may bear the name of the target. */
function labelColumn({ features }: ForeignFindings): string {
  const names = new Set(features.map(({ name }) => name.toLowerCase()));
  let column = 'label';
  while (names.has(column)) column = `_${column}`;
  return column;
}
