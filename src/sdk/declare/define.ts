import { checkSpec } from '../../domain/spec/check-spec.ts';
import { completeSpec, type ModelSpecInput } from '../../domain/spec/default-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { MetricName } from '../../domain/metrics/registry.ts';
import { isCron } from '../../domain/spec/parts/retrain-spec.ts';
import type { DerivedSpec, FeatureSpec, RetentionSpec, RetrainSpec } from '../../domain/spec/spec.ts';
import type {
  DefinedModel,
  Definition,
  RetentionDefinition,
  RetrainDefinition,
  RolloutDefinition,
  WatchDefinition,
} from './definition.ts';
import { extent, milliseconds, type ExtentInput } from './extent-text.ts';
import type { DeclaredFeatures, InputsOf } from './features.ts';
import { stepsOf } from './steps/step.ts';
import type { TargetDeclaration } from './target.ts';
import { orderedEntries, refuseMisplaced, refuseOtherMembers, refuseUndeclared } from './written.ts';

/** Members of a definition, and whether it needs them. */
const members = {
  about: true,
  features: true,
  target: true,
  source: true,
  entity: false,
  eventTime: false,
  repairs: false,
  contract: false,
  trainer: false,
  split: false,
  gates: false,
  slices: false,
  fairness: false,
  value: false,
  rollout: false,
  watch: false,
  retrain: false,
  retention: false,
  fallback: false,
  leakage: false,
  outliers: false,
  steps: false,
} as const satisfies Record<keyof Definition<DeclaredFeatures, TargetDeclaration>, boolean>;

/**
 * Declares a model: the whole spec as plain JSON, with every default filled in. What types cannot see is checked here.
 * Throws invalid_spec, which names every offending path and how to correct it.
 */
export function defineModel<
  const Name extends string,
  const Features extends DeclaredFeatures,
  const Target extends TargetDeclaration,
  const Keys extends string = never,
>(name: Name, definition: Definition<Features, Target, Keys>): DefinedModel<Name, InputsOf<Features>, Target, Keys> {
  refuseMisplaced(
    typeof name === 'string' && typeof definition === 'object',
    'defineModel',
    "defineModel('orders', { features: { … }, target, source })",
  );
  refuseOtherMembers(definition, `model ${name}`, members);
  const spec = completeSpec(inputOf(name, definition));
  const problems = checkSpec(spec);
  if (problems.length > 0) {
    throw new PerennialError(
      'invalid_spec',
      `model ${name}: ${problems.map(({ path, message }) => `${path}: ${message}`).join('; ')}`,
      {
        path: problems[0]?.path ?? 'name',
        hint: problems.map(({ path, fix }) => `${path}: ${fix}`).join(' '),
      },
    );
  }
  return { ...spec, name };
}

function inputOf<Features extends DeclaredFeatures, Target extends TargetDeclaration>(
  name: string,
  definition: Definition<Features, Target>,
): ModelSpecInput {
  refuseUndeclared(definition.target, 'target', 'task', "binary('column', { … }), multiclass(…) or regression(…)");
  refuseUndeclared(definition.source, 'source', 'kind', "csv('file.csv') or another source (docs/sdk.md)");
  const {
    about,
    features,
    target,
    source,
    entity,
    eventTime,
    repairs,
    contract,
    trainer,
    split,
    gates,
    slices,
    fairness,
    value,
    rollout,
    watch,
    retrain,
    retention,
    fallback,
    leakage,
    outliers,
    steps,
  } = definition;
  return {
    name,
    about,
    ...featuresOf(features),
    target,
    source,
    ...(entity === undefined ? {} : { entity: { column: entity } }),
    ...(eventTime === undefined
      ? {}
      : { eventTime: typeof eventTime === 'string' ? { column: eventTime } : eventTime }),
    ...(repairs === undefined ? {} : { repairs }),
    ...(contract === undefined ? {} : { contract }),
    ...(trainer === undefined ? {} : { trainer }),
    ...(split === undefined ? {} : { split }),
    ...(gates === undefined ? {} : { gates }),
    ...(slices === undefined ? {} : { slices }),
    ...(fairness === undefined ? {} : { fairness }),
    ...(value === undefined ? {} : { value }),
    ...(rollout === undefined ? {} : { rollout: rolloutOf(rollout) }),
    ...(watch === undefined ? {} : { watch: watchOf(watch) }),
    ...(retrain === undefined ? {} : { retrain: retrainOf(retrain) }),
    ...(retention === undefined ? {} : { retention: retentionOf(retention) }),
    ...(fallback === undefined ? {} : { fallback }),
    ...(leakage === undefined ? {} : { leakage }),
    ...(outliers === undefined ? {} : { outliers: 'action' in outliers ? [outliers] : outliers }),
    ...(steps === undefined ? {} : { steps: stepsOf(steps) }),
  };
}

function featuresOf(declarations: DeclaredFeatures): Pick<ModelSpecInput, 'features' | 'derived'> {
  const features: FeatureSpec[] = [];
  const derived: DerivedSpec[] = [];
  for (const [name, declaration] of orderedEntries(declarations, 'features')) {
    refuseUndeclared(declaration, `features.${name}`, 'kind', 'number(), category([…]), boolean() or time()');
    if (declaration.kind === 'derived') {
      const { kind: _, ...rest } = declaration;
      derived.push({ name, ...rest });
    } else features.push({ name, ...declaration });
  }
  return { features, ...(derived.length === 0 ? {} : { derived }) };
}

type RolloutPart = NonNullable<ModelSpecInput['rollout']>;

function rolloutOf(rollout: RolloutDefinition<MetricName>): RolloutPart {
  const { shadow, canary, lookEvery, deadline, ...rest } = rollout;
  return {
    ...rest,
    ...parsed('rollout', { shadow, lookEvery, deadline }),
    ...(canary === undefined
      ? {}
      : {
          canary: canary.map((step, index) => ({
            ...step,
            extent: extent(step.extent, `rollout.canary[${index}].extent`),
          })),
        }),
  };
}

function watchOf(watch: WatchDefinition): NonNullable<ModelSpecInput['watch']> {
  const { window, ...rest } = watch;
  return { ...rest, ...parsed('watch', { window }) };
}

function retrainOf(retrain: RetrainDefinition): Partial<RetrainSpec> {
  const { schedule, staleAfter, cooldown, budget, ...rest } = retrain;
  return {
    ...rest,
    ...(schedule === null || (typeof schedule === 'object' && isCron(schedule))
      ? { schedule }
      : parsed('retrain', { schedule })),
    ...(staleAfter === null ? { staleAfter } : parsed('retrain', { staleAfter })),
    ...parsed('retrain', { cooldown }),
    ...(budget === undefined ? {} : { budget: { ...budget, per: extent(budget.per, 'retrain.budget.per') } }),
  };
}

function retentionOf(retention: RetentionDefinition): Partial<RetentionSpec> {
  const entries = Object.entries(retention).flatMap(([part, kept]) => {
    if (kept === undefined) return [];
    return [[part, typeof kept === 'string' ? { ms: milliseconds(kept, `retention.${part}`) } : kept]];
  });
  return Object.fromEntries(entries);
}

/** The extents that are written, parsed; those left out stay out, so that defaults apply. */
function parsed<Key extends string>(part: string, inputs: { readonly [Name in Key]: ExtentInput | undefined }) {
  const result: { [Name in Key]?: ReturnType<typeof extent> } = {};
  let key: Key;
  for (key in inputs) {
    const input = inputs[key];
    if (input !== undefined) result[key] = extent(input, `${part}.${key}`);
  }
  return result;
}
