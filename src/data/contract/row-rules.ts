import { boundsOf, isText, valuesOf } from '../../domain/features/kind-of.ts';
import { classesOf } from '../../domain/tasks/task-of.ts';
import type { MissingPolicy, RuleSeverity } from '../../domain/spec/closed-sets.ts';
import type { ContractRule, FeatureSpec, ModelSpec, TaskName } from '../../domain/spec/spec.ts';
import { columnsOf } from '../../domain/spec/check-columns.ts';
import { isoMsOf, targetRoles, typedCell } from '../read/cells.ts';
import type { OpenTable } from '../read/table-file.ts';
import { cellText, isNested, type CellRole } from '../read/read-lossless.ts';
import { isOneOf, literal, numeric } from '../duck/sql.ts';

/** A declared column on its way through the check: text `t<i>`, typed value `v<i>`, nested flag `m<i>`. */
export interface CheckedColumn {
  readonly name: string;
  readonly role: CellRole;
  readonly text: string;
  readonly value: string;
  readonly nested: string;
}

/** A rule about single rows; `broken` is SQL over the texts and values, NULL counts as kept. */
export interface RowRule {
  readonly id: string;
  readonly severity: RuleSeverity;
  readonly broken: string;
  readonly about: string;
}

/** A row that is no row: wrong number of cells, not a JSON object, not UTF-8. */
export const shapeRule = {
  id: 'row.shape',
  severity: 'quarantine',
  about: 'the row can be read and has one cell per column',
} as const;

/** Every declared column once, in signature order; a column with two roles is typed as the feature that it is. */
export function checkedColumns(spec: ModelSpec): readonly CheckedColumn[] {
  return columnsOf(spec).map((name, index) => ({
    name,
    role: roleOf(spec, name),
    text: `t${index}`,
    value: `v${index}`,
    nested: `m${index}`,
  }));
}

function roleOf(spec: ModelSpec, name: string): CellRole {
  const feature = spec.features.find((candidate) => candidate.name === name);
  if (feature !== undefined) return feature.kind;
  if (name === spec.target.column) return targetRoles[spec.target.task];
  // A pure event time column is ordered by its key and stored as BIGINT, see `write-accepted.ts`.
  return name === spec.entity?.column ? 'key' : 'time';
}

/** Select list that gives `t<i>` and `m<i>` over a table's base. */
export function textList(table: OpenTable, columns: readonly CheckedColumn[]): string {
  return columns
    .map(
      (column) =>
        `${cellText(table, column.name, column.role)} AS ${column.text}, ${isNested(table, column.name)} AS ` +
        `${column.nested}`,
    )
    .join(', ');
}

/** Select list that gives `v<i>` over the texts. */
export function valueList(columns: readonly CheckedColumn[]): string {
  return columns.map((column) => `${typedCell(column.role, column.text)} AS ${column.value}`).join(', ');
}

/** Rules that features and target imply, then the declared ones that speak of single rows. */
export function rowRules(spec: ModelSpec, columns: readonly CheckedColumn[], unlabelled: MissingPolicy): RowRule[] {
  const rules: RowRule[] = [{ ...shapeRule, broken: 'unreadable' }];
  for (const feature of spec.features) rules.push(...featureRules(feature, columnNamed(columns, feature.name)));
  rules.push(...targetRules(spec, columnNamed(columns, spec.target.column), unlabelled));
  if (spec.entity !== null && !spec.features.some((feature) => feature.name === spec.entity?.column)) {
    const entity = columnNamed(columns, spec.entity.column);
    rules.push({
      id: `${entity.name}.type`,
      severity: 'quarantine',
      broken: entity.nested,
      about: `${entity.name} is text or a number`,
    });
  }
  for (const rule of spec.contract.rules) {
    if (rule.rule !== 'compare') continue;
    rules.push({
      id: rule.id,
      severity: rule.severity,
      broken: `NOT (${comparison(rule, columns)})`,
      about: describeCompare(rule),
    });
  }
  return rules;
}

function featureRules(feature: FeatureSpec, column: CheckedColumn): RowRule[] {
  const { text, value, nested } = column;
  const rule = (name: string, broken: string, about: string): RowRule => ({
    id: `${feature.name}.${name}`,
    severity: 'quarantine',
    broken,
    about: `${feature.name} ${about}`,
  });
  const rules = [
    isText(feature)
      ? rule('type', nested, 'is text')
      : rule('type', `${text} IS NOT NULL AND ${value} IS NULL`, typeWords[feature.kind]),
  ];
  if (feature.missing === 'refuse') rules.push(rule('missing', `${text} IS NULL`, 'is present'));
  const values = valuesOf(feature);
  if (values !== null) {
    rules.push(
      rule(
        'values',
        `NOT ${nested} AND NOT ${isOneOf(value, values)}`,
        `is one of ${values.slice(0, 8).join(', ')}${values.length > 8 ? ', …' : ''}`,
      ),
    );
  }
  const { min, max, integer } = boundsOf(feature);
  const bounds = [
    min === undefined ? [] : [`${value} < ${numeric(min)}`],
    max === undefined ? [] : [`${value} > ${numeric(max)}`],
  ].flat();
  if (bounds.length > 0) rules.push(rule('range', bounds.join(' OR '), `lies from ${min ?? '-∞'} to ${max ?? '∞'}`));
  if (integer === true) rules.push(rule('integer', `${value} <> floor(${value})`, 'is a whole number'));
  return rules;
}

const typeWords: Record<CellRole, string> = {
  number: 'is a finite number',
  boolean: 'is true or false',
  time: 'is an ISO 8601 time or epoch milliseconds',
  category: 'is text',
  label: 'is a label',
  key: 'is text',
};

function targetRules(spec: ModelSpec, column: CheckedColumn, unlabelled: MissingPolicy): RowRule[] {
  const rules: RowRule[] = [];
  if (unlabelled === 'refuse')
    rules.push({
      id: `${column.name}.missing`,
      severity: 'quarantine',
      broken: `${column.text} IS NULL`,
      about: `${column.name} (the target) is present`,
    });
  rules.push({ severity: 'quarantine', ...labelRules[spec.target.task](column, classesOf(spec.target)) });
  return rules;
}

type LabelRule = (column: CheckedColumn, classes: readonly string[]) => Omit<RowRule, 'severity'>;

/** What a label must be. */
const labelRules: Record<TaskName, LabelRule> = {
  binary: isOneOfClasses,
  multiclass: isOneOfClasses,
  regression: ({ name, text, value }) => ({
    id: `${name}.type`,
    broken: `${text} IS NOT NULL AND ${value} IS NULL`,
    about: `${name} (the target) is a finite number`,
  }),
};

function isOneOfClasses({ name, value }: CheckedColumn, classes: readonly string[]): ReturnType<LabelRule> {
  const shown = classes.slice(0, 8).join(', ') + (classes.length > 8 ? ', …' : '');
  return {
    id: `${name}.label`,
    broken: `NOT ${isOneOf(value, classes)}`,
    about: `${name} (the target) is one of ${shown}`,
  };
}

type CompareRule = Extract<ContractRule, { rule: 'compare' }>;

function comparison(rule: CompareRule, columns: readonly CheckedColumn[]): string {
  const left = columnNamed(columns, rule.left);
  return `${left.value} ${rule.op === '!=' ? '<>' : rule.op} ${rightSide(rule, left, columns)}`;
}

/**
 * The constant takes the type of the column, so that `amount > "5"` compares numbers and `at > "2026-01-01"` instants.
 */
function rightSide(rule: CompareRule, left: CheckedColumn, columns: readonly CheckedColumn[]): string {
  if ('column' in rule.right) return columnNamed(columns, rule.right.column).value;
  return constants[left.role](rule.right.value);
}

type Constant = (value: number | string | boolean) => string;

const textConstant: Constant = (value) => literal(String(value));
const numberConstant: Constant = (value) =>
  typeof value === 'number' ? numeric(value) : `TRY_CAST(${literal(String(value))} AS DOUBLE)`;

const constants: Record<CellRole, Constant> = {
  number: numberConstant,
  category: textConstant,
  boolean: (value) => `CAST(${literal(String(value))} AS BOOLEAN)`,
  time: (value) => (typeof value === 'string' ? isoMsOf(literal(value)) : numberConstant(value)),
  label: textConstant,
  key: textConstant,
};

function describeCompare(rule: CompareRule): string {
  return `${rule.left} ${rule.op} ${'column' in rule.right ? rule.right.column : JSON.stringify(rule.right.value)}`;
}

export function columnNamed(columns: readonly CheckedColumn[], name: string): CheckedColumn {
  const column = columns.find((candidate) => candidate.name === name);
  if (column === undefined) throw new TypeError(`column ${name} is not declared`);
  return column;
}
