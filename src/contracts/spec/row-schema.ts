import type { FeatureSpec, ModelSpec } from '../../domain/spec/spec.ts';
import { textCharsMax } from '../../domain/words/request-limits.ts';

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
    { type: 'string', maxLength: textCharsMax, pattern: String.raw`^[^\u0000]*$` },
    { type: 'number' },
    { type: 'boolean' },
    { type: 'null' },
  ],
  description: 'Who or what the row is about: keeps its arm while a rollout lasts.',
};

function featureSchema(feature: FeatureSpec): JsonSchema {
  const isNullable = feature.missing === 'allow';
  const described = describe(feature);
  if (feature.kind === 'boolean') return { type: orNull('boolean', isNullable), ...described };
  if (feature.kind === 'number') return { type: orNull('number', isNullable), ...described, ...rangeOf(feature) };
  if (feature.kind === 'time') return { ...timeSchema(isNullable), ...described };
  const { values } = feature;
  if (values !== undefined && values.length <= valuesListedMax && !isNullable)
    return { type: 'string', enum: values, ...described };
  return {
    type: orNull('string', isNullable),
    maxLength: textCharsMax,
    pattern: String.raw`^[^\u0000]*$`,
    ...described,
    ...(values === undefined ? {} : { 'x-values': values.slice(0, valuesListedMax) }),
  };
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
  if (feature.kind === 'number' && (feature.min !== undefined || feature.max !== undefined)) {
    parts.push(
      `Declared from ${feature.min ?? 'any'} to ${feature.max ?? 'any'}; a value outside is answered, and watched.`,
    );
  }
  if (feature.kind === 'number' && feature.integer === true) parts.push('A whole number.');
  if (feature.kind === 'category' && feature.values !== undefined && feature.missing === 'allow') {
    parts.push(
      `Declared values: ${feature.values.slice(0, 20).join(', ')}${feature.values.length > 20 ? ' and more' : ''}; ` +
        `another one counts as missing.`,
    );
  }
  parts.push(
    feature.missing === 'allow' ? 'May be missing: leave it out, or send null.' : 'Rows without it are refused.',
  );
  return { description: parts.join(' ') };
}
