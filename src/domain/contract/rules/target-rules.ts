import type { MissingPolicy } from '../../spec/closed-sets.ts';
import type { TargetSpec, TaskName } from '../../spec/spec.ts';
import { classesOf } from '../../tasks/task-of.ts';
import type { RowRule } from '../row-rule.ts';

/** What the target implies: that there is a label, and that it can be one. */
export function targetRules(target: TargetSpec, unlabelled: MissingPolicy): RowRule[] {
  const rules: RowRule[] = [];
  const name = target.column;
  if (unlabelled === 'refuse')
    rules.push({
      id: `${name}.missing`,
      severity: 'quarantine',
      isTyping: true,
      broken: { test: 'missing', column: name },
      about: `${name} (the target) is present`,
    });
  rules.push({ severity: 'quarantine', isTyping: true, ...labelRules[target.task](name, classesOf(target)) });
  return rules;
}

type LabelRule = (name: string, classes: readonly string[]) => Omit<RowRule, 'severity' | 'isTyping'>;

/** What a label must be. */
const labelRules: Record<TaskName, LabelRule> = {
  binary: isOneOfClasses,
  multiclass: isOneOfClasses,
  regression: (name) => ({
    id: `${name}.type`,
    broken: { test: 'untyped', column: name, isDateApart: false },
    about: `${name} (the target) is a finite number`,
  }),
};

function isOneOfClasses(name: string, classes: readonly string[]): ReturnType<LabelRule> {
  const shown = classes.slice(0, 8).join(', ') + (classes.length > 8 ? ', …' : '');
  return {
    id: `${name}.label`,
    broken: { test: 'notOneOf', column: name, values: classes, isNestedApart: false },
    about: `${name} (the target) is one of ${shown}`,
  };
}
