import { kindOf } from '../features/kind-of.ts';
import { unknownColumn, type SpecProblem } from './spec-bounds.ts';
import { taskOf } from '../tasks/task-of.ts';
import { checkSlices } from './gates/check-slices.ts';
import type { ContractRule, FeatureSpec, ModelSpec, Money } from './spec.ts';

/** Columns that the platform writes beside the model's own. */
export const reservedColumns: readonly string[] = ['_order', '_line'];

/** Problems of features, target, entity, event time and of everything that names a column. */
export function checkColumns(spec: ModelSpec): SpecProblem[] {
  return [
    ...checkFeatures(spec),
    ...checkRoles(spec),
    ...checkTarget(spec),
    ...checkRules(spec),
    ...checkSlices(spec),
    ...checkValue(spec),
  ];
}

function checkFeatures(spec: ModelSpec): SpecProblem[] {
  const problems: SpecProblem[] = [];
  if (spec.features.length === 0)
    problems.push({ path: 'features', message: 'a model needs at least one feature', fix: 'Declare a feature.' });
  const seen = new Map<string, string>();
  spec.features.forEach((feature, index) => {
    const path = `features[${index}]`;
    // Columnar engines compare column names without case, so `Amount` and `amount` would be one column.
    const twin = seen.get(feature.name.toLowerCase());
    if (twin !== undefined) {
      problems.push({
        path,
        message: `feature ${feature.name} is declared twice (as ${twin}; case does not count)`,
        fix: 'Rename or remove one.',
      });
    }
    seen.set(feature.name.toLowerCase(), feature.name);
    problems.push(...checkColumnName(`${path}.name`, feature.name), ...checkFeature(path, feature));
  });
  return problems;
}

function checkFeature(path: string, feature: FeatureSpec): SpecProblem[] {
  const problem = kindOf(feature.kind).problemOf(feature);
  return problem === null ? [] : [{ path: `${path}${problem.at}`, message: problem.message, fix: problem.fix }];
}

function checkColumnName(path: string, name: string): SpecProblem[] {
  const isReserved = reservedColumns.includes(name.toLowerCase());
  const hasControl = [...name].some((character) => character < ' ' || character === '\u007f');
  if (name !== '' && name.trim() === name && name.length <= 200 && !isReserved && !hasControl) return [];
  return [
    {
      path,
      message: `${JSON.stringify(name)} cannot be a column name`,
      fix:
        `Use 1 to 200 characters without control characters or outer spaces, ` +
        `and none of ${reservedColumns.join(', ')}.`,
    },
  ];
}

/** The event time may also be a feature; target and entity may not share a column with anything that would leak. */
function checkRoles(spec: ModelSpec): SpecProblem[] {
  const problems: SpecProblem[] = [];
  const { column } = spec.target;
  problems.push(...checkColumnName('target.column', column));
  if (spec.entity !== null) problems.push(...checkColumnName('entity.column', spec.entity.column));
  if (spec.eventTime !== null) problems.push(...checkColumnName('eventTime.column', spec.eventTime.column));
  const sameAsTarget = (name: string) => name.toLowerCase() === column.toLowerCase();
  if (spec.features.some((feature) => sameAsTarget(feature.name))) {
    problems.push({
      path: 'features',
      message: `the target ${column} is also a feature: the model would be told the answer`,
      fix: 'Remove it from the features.',
    });
  }
  if (spec.entity !== null && sameAsTarget(spec.entity.column))
    problems.push({
      path: 'entity.column',
      message: `${column} is the target`,
      fix: 'Name the column that identifies the entity.',
    });
  if (spec.eventTime !== null && sameAsTarget(spec.eventTime.column))
    problems.push({
      path: 'eventTime.column',
      message: `${column} is the target`,
      fix: 'Name the column that holds the time of the event.',
    });
  return problems;
}

function checkTarget({ target }: ModelSpec): SpecProblem[] {
  const problem = taskOf(target.task).problemOf(target);
  return problem === null ? [] : [{ path: 'target', ...problem }];
}

function checkRules(spec: ModelSpec): SpecProblem[] {
  const known = columnsOf(spec);
  const ids = new Set<string>();
  return spec.contract.rules.flatMap((rule, index) => {
    const path = `contract.rules[${index}]`;
    const problems = columnsOfRule(rule).flatMap((name) => unknownColumn(path, name, known));
    if (ids.has(rule.id))
      problems.push({
        path: `${path}.id`,
        message: `two rules are called ${rule.id}`,
        fix: 'Give each rule an id of its own.',
      });
    ids.add(rule.id);
    if (rule.rule === 'unique' && rule.columns.length === 0)
      problems.push({ path, message: `rule ${rule.id} names no column`, fix: 'Name at least one.' });
    if (rule.rule === 'rowCount' && rule.max !== undefined && rule.min > rule.max)
      problems.push({ path, message: `rule ${rule.id} has min above max`, fix: 'Swap them.' });
    if (rule.rule === 'missingShare' && !(rule.shareMax >= 0 && rule.shareMax <= 1))
      problems.push({
        path: `${path}.shareMax`,
        message: `${rule.shareMax} is not a share`,
        fix: 'Use a number from 0 to 1.',
      });
    return problems;
  });
}

function columnsOfRule(rule: ContractRule): readonly string[] {
  if (rule.rule === 'unique') return rule.columns;
  if (rule.rule === 'compare') return 'column' in rule.right ? [rule.left, rule.right.column] : [rule.left];
  return rule.rule === 'rowCount' ? [] : [rule.column];
}

function checkValue(spec: ModelSpec): SpecProblem[] {
  if (spec.value === null) return [];
  if (!taskOf(spec.target.task).hasPositive)
    return [
      {
        path: 'value',
        message: `a ${spec.target.task} target has no true or false positives`,
        fix: 'Leave `value` out.',
      },
    ];
  const numbers = spec.features.filter(({ kind }) => kindOf(kind).isQuantity).map((feature) => feature.name);
  const { truePositive, falsePositive, trueNegative, falseNegative } = spec.value;
  return Object.entries({ truePositive, falsePositive, trueNegative, falseNegative }).flatMap(
    ([outcome, money]: [string, Money]) =>
      money.per === undefined ? [] : unknownColumn(`value.${outcome}.per.column`, money.per.column, numbers),
  );
}

/** Every column that a contract rule may speak of. */
export function columnsOf(spec: Pick<ModelSpec, 'features' | 'target' | 'entity' | 'eventTime'>): readonly string[] {
  const names = spec.features.map((feature) => feature.name);
  for (const extra of [spec.target.column, spec.entity?.column, spec.eventTime?.column]) {
    if (extra !== undefined && !names.includes(extra)) names.push(extra);
  }
  return names;
}
