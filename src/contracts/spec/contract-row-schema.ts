import { isAmount, type CellRole } from '../../domain/cells/cell-role.ts';
import type { Condition, ConditionOf } from '../../domain/contract/condition.ts';
import { columnNamed, contractColumns, type ContractColumn } from '../../domain/contract/contract-columns.ts';
import { ecmaOfWhole } from '../../domain/contract/document/ecma-pattern.ts';
import { rowRules } from '../../domain/contract/row-rules.ts';
import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import type { JsonSchema } from './row-schema.ts';

/** What of a rule JSON Schema can say of a column. */
interface Part {
  readonly column: string;
  readonly schema: JsonSchema;
}

/**
 * One row that a contract takes, as JSON Schema (draft 2020-12): types, missing values, closed sets, bounds, lengths,
 * patterns. A row check takes more spellings of a value than these, such as a number in text. Ids of rules that JSON
 * Schema cannot say stand in `x-not-said`: keys, comparisons of columns, digits, whether a time is a real one.
 */
export function contractRowSchemaOf(spec: RowsSpec): JsonSchema {
  const columns = contractColumns(spec);
  const parts = new Map<string, JsonSchema[]>();
  const notSaid: string[] = spec.contract.rules.flatMap(({ id, rule }) =>
    rule === 'unique' || rule === 'references' ? [id] : [],
  );
  const needed = new Set(spec.eventTime === null ? [] : [spec.eventTime.column]);
  for (const { id, severity, broken } of rowRules(spec, { unlabelled: 'refuse' })) {
    if (severity === 'warn') continue;
    if (broken.test === 'missing') {
      needed.add(broken.column);
      continue;
    }
    const part = partOf(broken, columns);
    if (part === null) notSaid.push(id);
    else if (part !== 'the whole') parts.set(part.column, [...(parts.get(part.column) ?? []), part.schema]);
  }
  const properties: Record<string, JsonSchema> = Object.create(null);
  for (const column of columns) {
    properties[column.name] = columnSchema(column, parts.get(column.name) ?? [], needed.has(column.name));
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: spec.name,
    type: 'object',
    properties,
    required: columns.map(({ name }) => name).filter((name) => needed.has(name)),
    'x-not-said': notSaid,
  };
}

/** Null where JSON Schema cannot say it; a new condition does not compile before it is here. */
function partOf(
  broken: Exclude<Condition, { test: 'missing' }>,
  columns: readonly ContractColumn[],
): Part | 'the whole' | null {
  switch (broken.test) {
    // Types of columns say these.
    case 'unreadable':
    case 'nested':
    case 'untyped':
    case 'localDate':
    case 'placeless':
      return 'the whole';
    case 'notOneOf':
      return { column: broken.column, schema: { enum: broken.values } };
    case 'outside': {
      const { column, min, max } = broken;
      const low = min === undefined ? {} : { minimum: min };
      return { column, schema: { ...low, ...(max === undefined ? {} : { maximum: max }) } };
    }
    case 'fraction':
      return { column: broken.column, schema: whole };
    case 'length': {
      const { column, min, max } = broken;
      const low = min === undefined ? {} : { minLength: min };
      return { column, schema: { ...low, ...(max === undefined ? {} : { maxLength: max }) } };
    }
    case 'pattern': {
      const pattern = ecmaOfWhole(broken.pattern);
      return pattern === null ? null : { column: broken.column, schema: { pattern } };
    }
    case 'comparison':
      return comparisonPart(broken, columns);
    case 'beyondExact':
    case 'implausibleEpoch':
    case 'sentinel':
    case 'sentinelKey':
    case 'decimals':
    case 'expression':
      return null;
  }
}

/** In the place of `number`: some validators read `multipleOf: 1` wrongly beyond 2^53. */
const whole: JsonSchema = { type: 'integer' };

/** Of numbers with a number; other types have spellings that JSON Schema does not know to be one value. */
function comparisonPart(
  { left, op, right }: ConditionOf<'comparison'>,
  columns: readonly ContractColumn[],
): Part | null {
  if (!('value' in right) || typeof right.value !== 'number') return null;
  if (!isAmount[columnNamed(columns, left).role]) return null;
  const { value } = right;
  const schemas: Record<typeof op, JsonSchema> = {
    '<': { exclusiveMaximum: value },
    '<=': { maximum: value },
    '>': { exclusiveMinimum: value },
    '>=': { minimum: value },
    '=': { const: value },
    '!=': { not: { const: value } },
  };
  return { column: left, schema: schemas[op] };
}

const instant: JsonSchema = {
  anyOf: [
    {
      type: 'string',
      format: 'date-time',
      pattern:
        String.raw`^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?` +
        String.raw`(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$`,
    },
    { type: 'number' },
  ],
};

/** A value of a role, as JSON writes it. */
const typeOf: Record<CellRole, JsonSchema> = {
  number: { type: 'number' },
  category: { type: 'string' },
  boolean: { type: 'boolean' },
  time: instant,
  label: { type: 'string' },
  key: { type: ['string', 'number', 'boolean'] },
};

/** An empty text is no value in these. */
const hasEmptyText: Record<CellRole, boolean> = {
  number: false,
  category: true,
  boolean: false,
  time: false,
  label: true,
  key: true,
};

function columnSchema({ role }: ContractColumn, parts: readonly JsonSchema[], isNeeded: boolean): JsonSchema {
  const isText = hasEmptyText[role];
  const value = joined([typeOf[role], ...(isText ? [{ minLength: 1 }] : []), ...parts]);
  return isNeeded ? value : { anyOf: [value, { enum: isText ? [null, ''] : [null] }] };
}

/** Members of several schemas as one, where no two of them say the same member. */
function joined(schemas: readonly JsonSchema[]): JsonSchema {
  let all: JsonSchema = {};
  const apart: JsonSchema[] = [];
  for (const schema of schemas) {
    if (schema !== whole && Object.keys(schema).some((key) => key in all)) apart.push(schema);
    else all = { ...all, ...schema };
  }
  return apart.length === 0 ? all : { ...all, allOf: apart };
}
