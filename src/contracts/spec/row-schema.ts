import type { FeatureKind, FeatureOf, FeatureSpec, ModelSpec } from '../../domain/spec/spec.ts';
import { isCellRepair } from '../../domain/repairs/repair-cell.ts';
import { servedRulesOf, type ServedRules } from '../../domain/spec/served-rules.ts';
import type { Bounds } from '../../domain/features/kind.ts';
import { charsMax } from '../../domain/words/limits.ts';

/** JSON Schema of draft 2020-12, as far as it is written here. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Beyond this many values an enumeration is described, not listed: the document would be read by nobody. */
const valuesListedMax = 1_000;

const instantMsMax = 8.64e15;

/**
 * One row of a model, as the inference port accepts it. What is refused there is a constraint here; what the contract
 * lets it answer (and watch) is not: it stands in the description.
 */
export function rowSchemaOf(
  spec: Pick<ModelSpec, 'features' | 'entity' | 'eventTime' | 'contract' | 'repairs'>,
): JsonSchema {
  const properties: Record<string, JsonSchema> = Object.create(null);
  if (spec.entity !== null) properties[spec.entity.column] = entitySchema;
  if (spec.eventTime !== null)
    properties[spec.eventTime.column] = {
      ...timeSchema(true),
      description: 'When it happened; orders the row in time.',
    };
  const repaired = repairsByColumn(spec);
  for (const feature of spec.features) properties[feature.name] = featureSchema(feature, servedRulesOf(spec, feature));
  for (const [name, repairs] of repaired)
    if (Object.hasOwn(properties, name)) properties[name] = repairedSchema(repairs);
  const required = spec.features
    .filter((one) => servedRulesOf(spec, one).has('missing') && repaired.get(one.name)?.includes('fill') !== true)
    .map(({ name }) => name);
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }), additionalProperties: false };
}

/** Kinds of the repairs that a request sees of each column, in their order. */
function repairsByColumn({ repairs = [] }: Pick<ModelSpec, 'repairs'>): ReadonlyMap<string, readonly string[]> {
  const kinds = new Map<string, readonly string[]>();
  for (const repair of repairs)
    if (isCellRepair(repair)) kinds.set(repair.column, [...(kinds.get(repair.column) ?? []), repair.repair]);
  return kinds;
}

/** What is let in is judged behind the repairs, of which a schema knows nothing. */
function repairedSchema(repairs: readonly string[]): JsonSchema {
  return {
    type: ['string', 'number', 'boolean', 'null'],
    description: `Repaired before it is checked and answered: ${repairs.join(', ')}.`,
  };
}

const entitySchema: JsonSchema = {
  anyOf: [
    { type: 'string', maxLength: charsMax.value, pattern: String.raw`^[^\u0000]*$` },
    { type: 'number' },
    { type: 'boolean' },
    { type: 'null' },
  ],
  description: 'Who or what the row is about: keeps its arm while a rollout lasts.',
};

function featureSchema(feature: FeatureSpec, rules: ServedRules): JsonSchema {
  return wordsOf(feature.kind).schema(feature, rules, describe(feature, rules));
}

/** What a kind says of its values, in a schema and to people. Methods, so that the words of one kind stand for any. */
interface ValueWords<Feature extends FeatureSpec = FeatureSpec> {
  schema(feature: Feature, rules: ServedRules, described: { readonly description: string }): JsonSchema;
  about(feature: Feature, rules: ServedRules): readonly string[];
}

const valueWords: { readonly [Kind in FeatureKind]: ValueWords<FeatureOf<Kind>> } = {
  number: {
    schema: (feature, rules, described) => ({
      type: orNull(rules.has('integer') && feature.integer === true ? 'integer' : 'number', !rules.has('missing')),
      ...described,
      ...limitsOf(feature, rules),
    }),
    about: ({ min, max, integer }, rules) => [
      ...(min === undefined && max === undefined
        ? []
        : [
            `Declared from ${min ?? 'any'} to ${max ?? 'any'}; ` +
              `a value outside is ${rules.has('range') ? 'refused' : 'answered, and watched'}.`,
          ]),
      ...(integer === true ? ['A whole number.'] : []),
    ],
  },
  category: {
    schema({ values }, rules, described) {
      if (values !== undefined && values.length <= valuesListedMax && rules.has('values'))
        return {
          type: orNull('string', !rules.has('missing')),
          enum: rules.has('missing') ? values : [...values, null],
          ...described,
        };
      return {
        type: orNull('string', !rules.has('missing')),
        maxLength: charsMax.value,
        pattern: String.raw`^[^\u0000]*$`,
        ...described,
        ...(values === undefined ? {} : { 'x-values': values.slice(0, valuesListedMax) }),
      };
    },
    about: ({ values }, rules) =>
      values === undefined || rules.has('values')
        ? []
        : [
            `Declared values: ${values.slice(0, 20).join(', ')}${values.length > 20 ? ' and more' : ''}; ` +
              `another one counts as missing.`,
          ],
  },
  boolean: {
    schema: (_feature, rules, described) => ({ type: orNull('boolean', !rules.has('missing')), ...described }),
    about: () => [],
  },
  time: {
    schema: (_feature, rules, described) => ({ ...timeSchema(!rules.has('missing')), ...described }),
    about: ({ timeZone = 'UTC' }) => (timeZone === 'UTC' ? [] : ['A text names its time zone.']),
  },
};

function wordsOf(kind: FeatureKind): ValueWords {
  return valueWords[kind];
}

function timeSchema(isNullable: boolean): JsonSchema {
  const forms: JsonSchema[] = [
    { type: 'string', format: 'date-time' },
    { type: 'number', minimum: -instantMsMax, maximum: instantMsMax, description: 'Epoch milliseconds.' },
  ];
  return { anyOf: isNullable ? [...forms, { type: 'null' }] : forms };
}

function orNull(type: string, isNullable: boolean): string | readonly string[] {
  return isNullable ? [type, 'null'] : type;
}

/** What is refused is a constraint; a range that is answered is told all the same. */
function limitsOf({ min, max, integer }: Bounds, rules: ServedRules): JsonSchema {
  if (rules.has('range'))
    return { ...(min === undefined ? {} : { minimum: min }), ...(max === undefined ? {} : { maximum: max }) };
  const range = {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(integer === true && !rules.has('integer') ? { integer } : {}),
  };
  return Object.keys(range).length === 0 ? {} : { 'x-range': range };
}

function describe(feature: FeatureSpec, rules: ServedRules): { readonly description: string } {
  const parts: string[] = [];
  if (feature.about !== undefined) parts.push(feature.about);
  parts.push(...wordsOf(feature.kind).about(feature, rules));
  parts.push(!rules.has('missing') ? 'May be missing: leave it out, or send null.' : 'Rows without it are refused.');
  return { description: parts.join(' ') };
}
