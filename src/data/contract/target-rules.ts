import type { MissingPolicy } from '../../domain/spec/closed-sets.ts';
import type { TargetSpec, TaskName } from '../../domain/spec/spec.ts';
import { classesOf } from '../../domain/tasks/task-of.ts';
import { isOneOf } from '../duck/sql.ts';
import type { CheckedColumn } from './checked-columns.ts';
import type { RowRule } from './row-rule.ts';

/** What the target implies: that there is a label, and that it can be one. */
export function targetRules(target: TargetSpec, column: CheckedColumn, unlabelled: MissingPolicy): RowRule[] {
  const rules: RowRule[] = [];
  if (unlabelled === 'refuse')
    rules.push({
      id: `${column.name}.missing`,
      severity: 'quarantine',
      isTyping: true,
      broken: `${column.text} IS NULL`,
      about: `${column.name} (the target) is present`,
    });
  rules.push({
    severity: 'quarantine',
    isTyping: true,
    ...labelRules[target.task](column, classesOf(target)),
  });
  return rules;
}

type LabelRule = (column: CheckedColumn, classes: readonly string[]) => Omit<RowRule, 'severity' | 'isTyping'>;

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
