import { patternFault } from '../../cells/pattern.ts';
import { sayChoice } from '../../words/say.ts';
import { contractRuleKinds } from '../closed-sets.ts';
import { problemIf, unknownColumn, type SpecProblem } from '../spec-bounds.ts';
import type { RowsSpec } from './rows-spec.ts';
import type { CompareRule, ContractRule } from '../spec.ts';
import { isAboutHistory } from './rule-subject.ts';
import { checkHistoryRule } from './check-history-rules.ts';
import { columnsNamedBy } from './columns-named-by.ts';
import { columnsOf } from './columns-of.ts';
import { familyOf, misfitOf } from './family-of.ts';
import { rowSqlOf } from './row-sql-of.ts';

/** Problems of declared rules, also of those that could never fire or that the engine would refuse at the first row. */
export function checkRules(spec: RowsSpec): SpecProblem[] {
  const ids = new Set<string>();
  return spec.contract.rules.flatMap((rule, index) => {
    const path = `contract.rules[${index}]`;
    const problems = problemsOf(spec, rule, path);
    if (ids.has(rule.id))
      problems.push({
        path: `${path}.id`,
        message: `two rules are called ${rule.id}`,
        fix: 'Give each rule an id of its own.',
      });
    ids.add(rule.id);
    return problems;
  });
}

function problemsOf(spec: RowsSpec, rule: ContractRule, path: string): SpecProblem[] {
  // The types of a definition hold for TypeScript alone: anything may stand here.
  if (!contractRuleKinds.includes(rule.rule))
    return [
      {
        path: `${path}.rule`,
        message: `${JSON.stringify(rule.rule ?? null)} is no kind of rule`,
        fix: `Use ${sayChoice(contractRuleKinds)}.`,
      },
    ];
  // Of a column that is not there nothing else can be said.
  const unknown = columnsNamedBy(rule).flatMap((name) => unknownColumn(path, name, columnsOf(spec)));
  return unknown.length > 0 ? unknown : [...checkTolerance(rule, path), ...checkRule(spec, rule, path)];
}

/** Whether a row is set aside must not depend on others, so only a rule that refuses whole batches tolerates some. */
function checkTolerance(rule: ContractRule, path: string): SpecProblem[] {
  if (!('tolerance' in rule) || rule.tolerance === undefined) return [];
  const { id, tolerance, severity } = rule;
  return [
    ...problemIf(
      severity !== 'reject',
      `${path}.tolerance`,
      `rule ${id} has a tolerance and does not refuse a batch`,
      "Say severity: 'reject', or bound all rows that are set aside: quarantineShareMax.",
    ),
    ...problemIf(
      !(tolerance > 0 && tolerance < 1),
      `${path}.tolerance`,
      `${tolerance} is no tolerance`,
      'Use a share above 0 and below 1, or leave it out.',
    ),
  ];
}

function checkRule(spec: RowsSpec, rule: ContractRule, path: string): SpecProblem[] {
  if (isAboutHistory(rule)) return checkHistoryRule(spec, rule, path);
  const never = `rule ${rule.id} can never fire`;
  if (rule.rule === 'unique')
    return problemIf(rule.columns.length === 0, path, `rule ${rule.id} names no column`, 'Name at least one.');
  if (rule.rule === 'references') return checkReferences(spec, rule, path);
  if (rule.rule === 'compare') return checkCompare(spec, rule, path);
  if (rule.rule === 'rowCount') {
    const { min, max } = rule;
    return [
      ...problemIf(max !== undefined && min > max, path, `rule ${rule.id} has min above max`, 'Swap them.'),
      ...problemIf(min === 0 && max === undefined, path, never, 'Use a min of at least 1, or a max.'),
    ];
  }
  if (rule.rule === 'expression') return checkExpression(spec, rule, path);
  if (rule.rule === 'length') return checkLength(spec, rule, path);
  if (rule.rule === 'pattern') return checkPattern(spec, rule, path);
  if (rule.rule === 'decimals') return checkDecimals(spec, rule, path);
  if (rule.rule === 'missingShare') {
    const isShare = rule.shareMax >= 0 && rule.shareMax <= 1;
    return [
      ...problemIf(!isShare, `${path}.shareMax`, `${rule.shareMax} is not a share`, 'Use a number from 0 to 1.'),
      ...problemIf(rule.shareMax === 1, `${path}.shareMax`, never, 'Use a share below 1.'),
    ];
  }
  return problemIf(
    familyOf(spec, rule.column) !== 'instant',
    `${path}.column`,
    `rule ${rule.id} asks how old ${rule.column} is, which is no time`,
    'Name a time feature or the event time.',
  );
}

type Rule<Kind extends ContractRule['rule']> = Extract<ContractRule, { readonly rule: Kind }>;

/** Keys are compared as text: the number 1.0 and the text 1 would be two keys. */
function checkReferences(spec: RowsSpec, { id, columns }: Rule<'references'>, path: string): SpecProblem[] {
  return [
    ...problemIf(columns.length === 0, `${path}.columns`, `rule ${id} names no column`, 'Name at least one.'),
    ...columns.flatMap((column, index) =>
      problemIf(
        familyOf(spec, column) !== 'text' || spec.target?.column === column,
        `${path}.columns[${index}]`,
        `rule ${id} looks a view up by ${column}, which is no text that a row brings`,
        'Name the entity or a category.',
      ),
    ),
  ];
}

function checkExpression(spec: RowsSpec, { id, expression }: Rule<'expression'>, path: string): SpecProblem[] {
  const read = rowSqlOf(spec, expression);
  if ('tree' in read) return [];
  const { message, fix } = read.problem;
  return [{ path: `${path}.expression`, message: `rule ${id} has an expression that is not taken: ${message}`, fix }];
}

function checkLength(spec: RowsSpec, { id, column, min, max }: Rule<'length'>, path: string): SpecProblem[] {
  const isEmpty = (min === undefined || min === 0) && max === undefined;
  return [
    ...notText(spec, id, column, path),
    ...problemIf(isEmpty, path, `rule ${id} can never fire`, 'Use a min of at least 1, or a max.'),
    ...problemIf(
      min !== undefined && max !== undefined && min > max,
      path,
      `rule ${id} has min above max`,
      'Swap them.',
    ),
  ];
}

function checkPattern(spec: RowsSpec, { id, column, pattern }: Rule<'pattern'>, path: string): SpecProblem[] {
  const fault = patternFault(pattern);
  const message = `rule ${id} has a pattern that RE2 does not take: ${fault ?? ''}`;
  return [
    ...notText(spec, id, column, path),
    ...problemIf(fault !== null, `${path}.pattern`, message, 'RE2 has no look-around and no references to groups.'),
  ];
}

/** What a missing cell has no characters of, and what is read as something else. */
function notText(spec: RowsSpec, id: string, column: string, path: string): SpecProblem[] {
  return problemIf(
    familyOf(spec, column) !== 'text',
    `${path}.column`,
    `rule ${id} asks for the characters of ${column}, which is not text`,
    'Name a category, a label or the entity.',
  );
}

/** More digits than these a double does not have. */
export const decimalsMax = 15;

function checkDecimals(
  spec: RowsSpec,
  { id, column, precision, scale }: Rule<'decimals'>,
  path: string,
): SpecProblem[] {
  const isWithin = precision >= 1 && precision <= decimalsMax && scale >= 0;
  return [
    ...problemIf(
      familyOf(spec, column) !== 'amount',
      `${path}.column`,
      `rule ${id} counts the digits of ${column}, which is no number`,
      'Name a number.',
    ),
    ...problemIf(
      !isWithin || scale > precision,
      path,
      `rule ${id} asks for ${precision} digits with ${scale} behind the point`,
      `Use a precision from 1 to ${decimalsMax} and a scale from 0 to the precision.`,
    ),
  ];
}

/** A number may stand beside an instant, which is epoch milliseconds; nothing else mixes. */
function checkCompare(spec: RowsSpec, { id, left, op, right }: CompareRule, path: string): SpecProblem[] {
  if (!('column' in right)) {
    const misfit = misfitOf(spec, left, { op, value: right.value });
    return misfit === null ? [] : [{ path: `${path}.right`, ...misfit }];
  }
  const families = [familyOf(spec, left), familyOf(spec, right.column)].map((one) =>
    one === 'instant' ? 'amount' : one,
  );
  return [
    ...problemIf(
      families[0] !== families[1],
      `${path}.right`,
      `rule ${id} compares ${left} with ${right.column}, which is of another type`,
      'Compare columns of one type.',
    ),
    ...problemIf(
      left === right.column,
      `${path}.right`,
      `rule ${id} compares ${left} with itself`,
      'Name another column.',
    ),
  ];
}
