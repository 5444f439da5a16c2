import { kindOf } from '../features/kind-of.ts';
import { checkTimeZone, problemIf, unknownColumn, type SpecProblem } from './spec-bounds.ts';
import { taskOf } from '../tasks/task-of.ts';
import { checkCalibration } from './trainer/check-calibration.ts';
import { checkImbalance } from './trainer/check-imbalance.ts';
import { checkTrainerColumns } from './trainer/check-trainer-columns.ts';
import { checkFairness } from './fairness/check-fairness.ts';
import { checkSlices } from './gates/check-slices.ts';
import { checkPins } from './columns/check-pins.ts';
import { checkDerived } from './columns/check-derived.ts';
import { checkRepairs } from './columns/check-repairs.ts';
import { checkRules } from './columns/check-rules.ts';
import { isSameColumn, misnomerOf, nameFix } from './columns/column-name.ts';
import { readingIn } from './columns/declared-reading.ts';
import type { RowsSpec } from './columns/rows-spec.ts';
import type { FeatureSpec, ModelSpec, Money } from './spec.ts';

/** Problems of features, target, entity, event time and of everything that names a column. */
export function checkColumns(spec: ModelSpec): SpecProblem[] {
  return [
    ...checkFeatures(spec),
    ...checkDerived(spec),
    ...checkRoles(spec),
    ...checkPins(spec),
    ...checkTarget(spec),
    ...checkRepairs(spec),
    ...checkRules(spec),
    ...checkSlices(spec),
    ...checkFairness(spec),
    ...checkValue(spec),
    ...checkTrainerColumns(spec),
    ...checkCalibration(spec),
    ...checkImbalance(spec),
  ];
}

/** The same of what is declared of rows alone, as a contract that stands for itself does. */
export function checkRowsSpec(spec: RowsSpec): SpecProblem[] {
  return [...checkFeatures(spec), ...checkRoles(spec), ...checkTarget(spec), ...checkRules(spec)];
}

function checkFeatures(spec: RowsSpec): SpecProblem[] {
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
  const { timeZone } = readingIn(feature);
  return [
    ...(problem === null ? [] : [{ path: `${path}${problem.at}`, message: problem.message, fix: problem.fix }]),
    ...(timeZone === undefined ? [] : checkTimeZone(`${path}.timeZone`, timeZone)),
  ];
}

function checkColumnName(path: string, name: string): SpecProblem[] {
  const misnomer = misnomerOf(name);
  if (misnomer === null) return [];
  return [{ path, message: `${JSON.stringify(name)} cannot be a column name: it ${misnomer}`, fix: nameFix }];
}

/** The event time may also be a feature; target and entity may not share a column with anything that would leak. */
function checkRoles(spec: RowsSpec): SpecProblem[] {
  const problems: SpecProblem[] = [];
  const column = spec.target?.column;
  if (column !== undefined) problems.push(...checkColumnName('target.column', column));
  if (spec.entity !== null) problems.push(...checkColumnName('entity.column', spec.entity.column));
  if (spec.eventTime !== null) problems.push(...checkColumnName('eventTime.column', spec.eventTime.column));
  const sameAsTarget = (name: string) => column !== undefined && isSameColumn(name, column);
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
  return [...problems, ...checkTwins(spec), ...checkEventTime(spec)];
}

/** A file with `user` and `User` cannot be written, whichever of them is a feature. */
function checkTwins({ features, entity, eventTime }: RowsSpec): SpecProblem[] {
  const roles = { entity, eventTime };
  return Object.entries(roles).flatMap(([role, named]) => {
    const others = [...features.map(({ name }) => name), ...(role === 'entity' ? [eventTime?.column ?? ''] : [])];
    const twin = others.find((name) => named !== null && name !== named.column && isSameColumn(name, named.column));
    return problemIf(
      twin !== undefined,
      `${role}.column`,
      `${named?.column ?? ''} and ${twin ?? ''} are one column: case does not count`,
      'Rename one of them in the source.',
    );
  });
}

/** How its instants are written is said in one place: on the feature, where it is one. */
function checkEventTime({ features, eventTime }: RowsSpec): SpecProblem[] {
  if (eventTime === null) return [];
  const isFeature = features.some(({ name }) => name === eventTime.column);
  const { timeZone } = eventTime;
  return [
    ...problemIf(
      isFeature && Object.keys(readingIn(eventTime)).length > 0,
      'eventTime',
      `${eventTime.column} is a feature, which says how its times are written`,
      'Say it on the feature: time({ dateOrder, timeZone, epochUnit }).',
    ),
    ...(timeZone === undefined ? [] : checkTimeZone('eventTime.timeZone', timeZone)),
  ];
}

function checkTarget({ target }: RowsSpec): SpecProblem[] {
  if (target === null) return [];
  const problem = taskOf(target.task).problemOf(target);
  return problem === null ? [] : [{ path: 'target', ...problem }];
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
