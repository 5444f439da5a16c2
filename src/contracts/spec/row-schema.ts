import type { FeatureKind, FeatureOf, FeatureSpec, ModelSpec } from '../../domain/spec/spec.ts';
import { charsMax } from '../../domain/words/limits.ts';

/** JSON Schema of draft 2020-12, as far as it is written here. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Beyond this many values an enumeration is described, not listed: the document would be read by nobody. */
const valuesListedMax = 1_000;

const instantMsMax = 8.64e15;

/**
 * One row of a model, as the inference port accepts it. What is refused there is a constraint here; a declared range
 * and an open set of values are not, since such values are answered (and watched): they stand in the description.
 */
export function rowSchemaOf(spec: Pick<ModelSpec, 'features' | 'entity' | 'eventTime'>): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  if (spec.entity !== null) properties[spec.entity.column] = entitySchema;
  if (spec.eventTime !== null)
    properties[spec.eventTime.column] = {
      ...timeSchema(true),
      description: 'When it happened; orders the row in time.',
    };
  for (const feature of spec.features) properties[feature.name] = featureSchema(feature);
  const required = spec.features.filter((feature) => feature.missing === 'refuse').map((feature) => feature.name);
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }), additionalProperties: false };
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

function featureSchema(feature: FeatureSpec): JsonSchema {
  return wordsOf(feature.kind).schema(feature, feature.missing === 'allow', describe(feature));
}

/** What a kind says of its values, in a schema and to people. Methods, so that the words of one kind stand for any. */
interface ValueWords<Feature extends FeatureSpec = FeatureSpec> {
  schema(feature: Feature, isNullable: boolean, described: { readonly description: string }): JsonSchema;
  about(feature: Feature): readonly string[];
}

const valueWords: { readonly [Kind in FeatureKind]: ValueWords<FeatureOf<Kind>> } = {
  number: {
    schema: (feature, isNullable, described) => ({
      type: orNull('number', isNullable),
      ...described,
      ...rangeOf(feature),
    }),
    about: ({ min, max, integer }) => [
      ...(min === undefined && max === undefined
        ? []
        : [`Declared from ${min ?? 'any'} to ${max ?? 'any'}; a value outside is answered, and watched.`]),
      ...(integer === true ? ['A whole number.'] : []),
    ],
  },
  category: {
    schema({ values }, isNullable, described) {
      if (values !== undefined && values.length <= valuesListedMax && !isNullable)
        return { type: 'string', enum: values, ...described };
      return {
        type: orNull('string', isNullable),
        maxLength: charsMax.value,
        pattern: String.raw`^[^\u0000]*$`,
        ...described,
        ...(values === undefined ? {} : { 'x-values': values.slice(0, valuesListedMax) }),
      };
    },
    about: ({ values, missing }) =>
      values === undefined || missing !== 'allow'
        ? []
        : [
            `Declared values: ${values.slice(0, 20).join(', ')}${values.length > 20 ? ' and more' : ''}; ` +
              `another one counts as missing.`,
          ],
  },
  boolean: {
    schema: (_feature, isNullable, described) => ({ type: orNull('boolean', isNullable), ...described }),
    about: () => [],
  },
  time: {
    schema: (_feature, isNullable, described) => ({ ...timeSchema(isNullable), ...described }),
    about: () => [],
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

function rangeOf({
  min,
  max,
  integer,
}: {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
}): JsonSchema {
  const range = {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(integer === true ? { integer } : {}),
  };
  return Object.keys(range).length === 0 ? {} : { 'x-range': range };
}

function describe(feature: FeatureSpec): { readonly description: string } {
  const parts: string[] = [];
  if (feature.about !== undefined) parts.push(feature.about);
  parts.push(...wordsOf(feature.kind).about(feature));
  parts.push(
    feature.missing === 'allow' ? 'May be missing: leave it out, or send null.' : 'Rows without it are refused.',
  );
  return { description: parts.join(' ') };
}
