import type { HistoryRule, HistoryRuleOf } from '../spec.ts';
import { problemIf, type SpecProblem } from '../spec-bounds.ts';
import { familyOf, type ColumnFamily } from './family-of.ts';
import type { RowsSpec } from './rows-spec.ts';

/** Batches that a rule may look back: each is read of the database when a source is. */
export const historyBatchesMax = 50;

/** Problems of a rule that holds a batch against those before it. */
export function checkHistoryRule(spec: RowsSpec, rule: HistoryRule, path: string): SpecProblem[] {
  // Only rows of views have no target.
  if (spec.target === null)
    return [
      {
        path,
        message: `rule ${rule.id} holds a batch against those before it, which views do not`,
        fix: 'Declare it in the contract of a model.',
      },
    ];
  switch (rule.rule) {
    case 'rowCountHistory':
      return checkRowCount(rule, path);
    case 'schemaChange':
      return [];
    case 'meanShift':
      return [
        ...ofFamily(spec, rule, path, ['amount', 'instant']),
        ...positive(rule.id, rule.deviationsMax, `${path}.deviationsMax`),
      ];
    case 'spreadShift':
      return [
        ...ofFamily(spec, rule, path, ['amount', 'instant']),
        ...aboveOne(rule.id, rule.factorMax, `${path}.factorMax`),
      ];
    case 'missingChange':
      return [...canBeMissing(spec, rule, path), ...share(rule.id, rule.changeMax, `${path}.changeMax`)];
    case 'shareChange':
      return [
        ...ofFamily(spec, rule, path, ['text']),
        // Its finding names a value, and who a row is about is said to nobody.
        ...problemIf(
          rule.column === spec.entity?.column,
          `${path}.column`,
          `rule ${rule.id} would name values of ${rule.column}, which is the entity`,
          'Use distance, which names none.',
        ),
        ...share(rule.id, rule.changeMax, `${path}.changeMax`),
      ];
    case 'distance':
      return share(rule.id, rule.distanceMax, `${path}.distanceMax`);
  }
}

function checkRowCount(rule: HistoryRuleOf<'rowCountHistory'>, path: string): SpecProblem[] {
  const { id, batches, factor, deviations } = rule;
  return [
    ...problemIf(
      !Number.isInteger(batches) || batches < 2 || batches > historyBatchesMax,
      `${path}.batches`,
      `${batches} batches are not what rule ${id} can look back`,
      `Use 2 to ${historyBatchesMax}.`,
    ),
    ...problemIf(
      (factor === undefined) === (deviations === undefined),
      path,
      `rule ${id} needs a factor or deviations, and not both`,
      'Use one of them: factor: 2, or deviations: 5.',
    ),
    ...(factor === undefined ? [] : aboveOne(id, factor, `${path}.factor`)),
    ...(deviations === undefined ? [] : positive(id, deviations, `${path}.deviations`)),
  ];
}

const familyWords: Record<ColumnFamily, string> = {
  amount: 'a number',
  instant: 'a time',
  text: 'text',
  truth: 'true or false',
};

function ofFamily(
  spec: RowsSpec,
  { id, column }: { readonly id: string; readonly column: string },
  path: string,
  families: readonly ColumnFamily[],
): SpecProblem[] {
  const family = familyOf(spec, column);
  const words = families.map((one) => familyWords[one]).join(' or ');
  return problemIf(
    !families.includes(family),
    `${path}.column`,
    `rule ${id} asks for ${words}, and ${column} is ${familyWords[family]}`,
    `Name a column that is ${words}.`,
  );
}

/** Rows without a value that has to be there are set aside: of the accepted ones none lacks it. */
function canBeMissing(spec: RowsSpec, { id, column }: HistoryRuleOf<'missingChange'>, path: string): SpecProblem[] {
  const feature = spec.features.find(({ name }) => name === column);
  return problemIf(
    feature?.missing === 'refuse' || (feature === undefined && column === spec.target?.column),
    `${path}.column`,
    `rule ${id} can never fire: rows without ${column} are set aside`,
    `Say missing: 'allow' of ${column}, or use missingShare.`,
  );
}

function positive(id: string, value: number, path: string): SpecProblem[] {
  return problemIf(!(value > 0), path, `rule ${id} would refuse every batch`, 'Use a number above 0.');
}

function aboveOne(id: string, value: number, path: string): SpecProblem[] {
  return problemIf(!(value > 1), path, `rule ${id} has a factor of ${value}`, 'Use a factor above 1, such as 2.');
}

function share(id: string, value: number, path: string): SpecProblem[] {
  return [
    ...problemIf(!(value >= 0 && value <= 1), path, `${value} is not a share`, 'Use a number from 0 to 1.'),
    ...problemIf(value === 1, path, `rule ${id} can never fire`, 'Use a share below 1.'),
  ];
}
