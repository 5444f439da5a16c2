import type { Expression } from '../../domain/features/expressions/expression.ts';
import { callOf } from '../../domain/features/expressions/say-expression.ts';
import { canonicalJson } from '../../domain/words/canonical.ts';
import { completeSpec, defaultGates } from '../../domain/spec/default-spec.ts';
import { describeExtent, isRows, type Extent } from '../../domain/words/extent.ts';
import type {
  DerivedSpec,
  FallbackSpec,
  FeatureKind,
  FeatureSpec,
  GateSpec,
  ModelSpec,
  TargetSpec,
} from '../../domain/spec/spec.ts';
import {
  defaultTrainers,
  isExternal,
  isSearch,
  isTrainable,
  objectiveIn,
  type ExternalSpec,
  type SearchSpec,
} from '../../domain/spec/trainer-spec.ts';
import { declareSource } from '../../sources/registry.ts';
import { declareRepair } from './declare-repair.ts';
import { isObject, keyOf, literalOf } from './literal-of.ts';

/**
 * The text of `models/<name>.ts` for a spec: only what differs from the defaults, in the words of the SDK. Evaluating
 * it gives the same spec. `sdkPath` is how the file imports the SDK.
 */
export function writeDefinition(spec: ModelSpec, sdkPath = '../src/sdk/index.ts'): string {
  if (!hasWords(spec)) return plainDefinition(spec, sdkPath);
  const words = new Set<string>(['defineModel']);
  const use = (name: string, call: string) => {
    words.add(name);
    return call;
  };
  const features = [
    ...spec.features.map((feature) => `    ${keyOf(feature.name)}: ${featureOf(feature, use)},`),
    ...(spec.derived ?? []).map((derived) => `    ${keyOf(derived.name)}: ${derivedOf(derived, use)},`),
  ];
  const members = [
    `about: ${literalOf(spec.about)}`,
    ...(spec.entity === null ? [] : [`entity: ${literalOf(spec.entity.column)}`]),
    ...(spec.eventTime === null ? [] : [`eventTime: ${literalOf(eventTimeOf(spec.eventTime))}`]),
    `source: ${sourceOf(spec, use)}`,
    `features: {\n${features.join('\n')}\n  }`,
    `target: ${targetOf(spec.target, use)}`,
    ...overrides(spec, use),
    ...withoutDefaults(spec, use),
  ];
  const body =
    `export const ${exportName(spec.name)} = defineModel(${literalOf(spec.name)}, {\n` +
    `${members.map((member) => `  ${member},`).join('\n')}\n});\n`;
  return `import { ${[...words].sort().join(', ')} } from ${literalOf(sdkPath)};\n\n${body}`;
}

/** A bare name where nothing else is said. */
function eventTimeOf(eventTime: NonNullable<ModelSpec['eventTime']>): unknown {
  return Object.keys(eventTime).length === 1 ? eventTime.column : eventTime;
}

type Use = (name: string, call: string) => string;

/**
 * JavaScript moves names like `2020` to the front of an object, and `__proto__` is no member of one, so such a table is
 * declared as the plain spec, where features are a list. So is an imported model, since nobody declares one.
 */
function hasWords({ features, derived = [], trainer }: ModelSpec): boolean {
  return (
    isTrainable(trainer) && ![...features, ...derived].some(({ name }) => name === '__proto__' || /^\d+$/.test(name))
  );
}

function plainDefinition(spec: ModelSpec, sdkPath: string): string {
  return (
    `import type { ModelSpec } from ${literalOf(sdkPath)};\n\nexport const ${exportName(spec.name)}: ModelSpec ` +
    `= ${JSON.stringify(spec, null, 2)};\n`
  );
}

/** `payments.card-fraud` gives `paymentsCardFraudModel`: never a reserved word. */
function exportName(name: string): string {
  return `${name.replaceAll(/[^a-z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? '').toUpperCase())}Model`;
}

function sourceOf(spec: ModelSpec, use: Use): string {
  const { word, args } = declareSource(spec.source);
  return use(word, `${word}(${args.map(literalOf).join(', ')})`);
}

function featureOf(feature: FeatureSpec, use: Use): string {
  const { name: _, kind, missing, ...rest } = feature;
  const { values, ...said } = 'values' in rest ? rest : { ...rest, values: undefined };
  const options = literalOf({ ...(missing === 'refuse' ? {} : { missing }), ...said });
  const given = options === '{}' ? [] : [options];
  return use(kind, `${kind}(${[...leading[kind](values, given.length > 0), ...given].join(', ')})`);
}

function derivedOf({ expression, about }: DerivedSpec, use: Use): string {
  const options = about === undefined ? '' : `, ${literalOf({ about })}`;
  return use('derived', `derived(${expressionOf(expression, use)}${options})`);
}

function expressionOf(expression: Expression, use: Use): string {
  if (expression.op === 'column') return use('col', `col(${literalOf(expression.name)})`);
  if (expression.op === 'value') return literalOf(expression.value);
  const { word, args } = callOf(expression);
  const written = args.map((argument) =>
    'of' in argument ? expressionOf(argument.of, use) : literalOf(argument.setting),
  );
  return use(word, `${word}(${written.join(', ')})`);
}

/** What stands before the options. */
const leading: Record<FeatureKind, (values: readonly string[] | undefined, hasMore: boolean) => readonly string[]> = {
  number: () => [],
  category: (values, hasMore) => (values !== undefined ? [literalOf(values)] : hasMore ? ['undefined'] : []),
  boolean: () => [],
  time: () => [],
};

function targetOf(target: TargetSpec, use: Use): string {
  const { task, column, labelDelay, ...rest } = target;
  return use(task, `${task}(${literalOf(column)}, ${literalOf({ ...rest, labelDelay: extentText(labelDelay) })})`);
}

/** Parts with defaults, where they differ from what the window alone would give. */
function overrides(spec: ModelSpec, use: Use): string[] {
  const { name, about, features, target, source } = spec;
  const usual = completeSpec({ name, about, features, target, source, watch: { window: spec.watch.window } });
  const window =
    canonicalJson(spec.watch.window) ===
    canonicalJson(completeSpec({ name, about, features, target, source }).watch.window)
      ? {}
      : { window: extentText(spec.watch.window) };
  const parts: [string, unknown][] = [
    ['contract', changed(usual.contract, spec.contract)],
    ['split', changed(usual.split, spec.split)],
    ['slices', spec.slices.length === 0 ? {} : spec.slices],
    ['value', spec.value ?? {}],
    ['rollout', changed(usual.rollout, spec.rollout)],
    ['watch', { ...window, ...changed(usual.watch, spec.watch) }],
    ['retrain', changed(usual.retrain, spec.retrain)],
    ['retention', changed(usual.retention, spec.retention)],
  ];
  const { kind } = spec.trainer;
  const trainer = changed(defaultTrainers[kind], spec.trainer);
  const hasTrainer = kind !== usual.trainer.kind || Object.keys(trainer).length > 0;
  const hasGates = canonicalJson(spec.gates) !== canonicalJson(defaultGates(target.task, objectiveIn(spec.trainer)));
  return [
    ...(hasTrainer ? [`trainer: ${use(kind, `${kind}(${trainerArguments(spec.trainer, trainer)})`)}`] : []),
    ...(hasGates ? [`gates: [${spec.gates.map((gate) => gateOf(gate, use)).join(', ')}]`] : []),
    ...parts.filter(([, part]) => literalOf(part) !== '{}').map(([key, part]) => `${key}: ${literalOf(part)}`),
  ];
}

/** What stands first in the call of a program is what is run, or where it is waited for; of a search, its families. */
function trainerArguments(spec: ModelSpec['trainer'], said: Record<string, unknown>): string {
  if (!isExternal(spec) && !isSearch(spec)) return literalOf(said);
  const [name, value] = leadingOf(spec);
  const rest = literalOf(Object.fromEntries(Object.entries(said).filter(([key]) => key !== name)));
  return rest === '{}' ? literalOf(value) : `${literalOf(value)}, ${rest}`;
}

function leadingOf(spec: ExternalSpec | SearchSpec): readonly [string, unknown] {
  if (isSearch(spec)) return ['families', spec.families];
  return 'argv' in spec ? ['argv', spec.argv] : ['queue', spec.queue];
}

/** Parts that stand in a spec only where somebody declares them. */
function withoutDefaults({ repairs = [], outliers = [], leakage, fallback }: ModelSpec, use: Use): string[] {
  const mends = repairs.map((one) => `    ${declareRepair(one, use)},\n`);
  const limits = outliers.map(({ action, ...said }) => use('outlier', `outlier.${action}(${literalOf(said)})`));
  return [
    ...(mends.length === 0 ? [] : [`repairs: [\n${mends.join('')}  ]`]),
    ...(limits.length === 0 ? [] : [`outliers: [${limits.join(', ')}]`]),
    ...(leakage === undefined ? [] : [`leakage: ${literalOf(leakage)}`]),
    ...(fallback == null ? [] : [`fallback: ${fallbackOf(fallback, use)}`]),
  ];
}

function fallbackOf({ rules, otherwise }: FallbackSpec, use: Use): string {
  if (rules.length === 0) return use('answerWith', `answerWith(${literalOf(otherwise)})`);
  return use('answerByRules', `answerByRules(${literalOf(rules)}, ${literalOf(otherwise)})`);
}

/** What the helpers of the SDK take when nothing is said. */
const usualGate = { alpha: 0.05, baseline: 'prior', by: 0, undecided: 'wait' };
const usualFootprint = { undecided: 'ask' };

function gateOf(gate: GateSpec, use: Use): string {
  const { by, options } = judgedBy(gate);
  const { gate: name } = gate;
  if ('value' in options) return use(name, `${name}(${literalOf(by)}, ${options.value})`);
  const usual = name === 'footprint' ? usualFootprint : usualGate;
  const text = literalOf(changed(usual, options));
  return use(name, `${name}(${literalOf(by)}${text === '{}' ? '' : `, ${text}`})`);
}

/** What stands first in the helper's call, and what is left for its options. */
function judgedBy(spec: GateSpec) {
  if ('measure' in spec) {
    const { gate: _, measure: by, ...options } = spec;
    return { by, options };
  }
  if ('figure' in spec) {
    const { gate: _, figure: by, ...options } = spec;
    return { by, options };
  }
  const { gate: _, metric: by, ...options } = spec;
  return { by, options };
}

/** Members of `now` that differ from `usual`, nested objects likewise; an extent is one value. */
function changed(usual: object, now: object): Record<string, unknown> {
  const before = new Map<string, unknown>(Object.entries(usual));
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(now)) {
    const old = before.get(key);
    if (canonicalJson(old ?? null) === canonicalJson(value ?? null)) continue;
    const isNested = isObject(value) && isObject(old) && !isExtent(value);
    result[key] = isNested && key !== 'budget' && key !== 'settings' ? changed(old, value) : value;
  }
  return result;
}

function isExtent(value: unknown): value is Extent {
  return isObject(value) && Object.keys(value).length === 1 && ('rows' in value || 'ms' in value);
}

/** `500 rows`; durations stay exact as `{ ms }` when they are no round number of a unit. */
function extentText(extent: Extent): string | Extent {
  if (isRows(extent)) return describeExtent(extent);
  return extent.ms % 1_000 === 0 ? `${extent.ms / 1_000} seconds` : `${extent.ms} ms`;
}
