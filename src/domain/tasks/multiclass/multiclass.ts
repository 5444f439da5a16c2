import { decideRow } from '../../../statistics/samples/losses.ts';
import { listNames } from '../../words/nearest-name.ts';
import type { MulticlassTarget } from '../../spec/spec.ts';
import { certain, classesProblem, classLabels, classLoss } from '../classes.ts';
import type { Task, TaskFallback } from '../task.ts';
import { multiclassCorrection } from './correct-multiclass.ts';

/** A card does not list more. */
const classesSaidMax = 20;

const fallback: TaskFallback<MulticlassTarget> = {
  problemOf({ classes }, answer) {
    const fix = `Use one of: ${listNames(classes)}.`;
    if (typeof answer === 'number') return { message: `${answer} is no class`, fix };
    if (classes.includes(answer)) return null;
    return { message: `${JSON.stringify(answer)} is no answer of a multiclass target`, fix };
  },
  answer: (answer, classes) => ({ scores: certain(String(answer), classes), decision: String(answer) }),
};

/** One of several classes: the most probable one, the first where several are. */
export const multiclassTask: Task<MulticlassTarget> = {
  name: 'multiclass',
  hasClasses: true,
  hasPositive: false,
  defaultThreshold: null,
  loss: classLoss,
  labels: classLabels,
  fallback,
  correction: multiclassCorrection,
  classesOf: ({ classes }) => classes,
  targetOf: (base, classes) => ({ ...base, task: 'multiclass', classes }),
  problemOf: ({ classes }) => classesProblem(classes),
  exampleLabel: ({ classes }) => classes[0] ?? '',
  sayPrediction: ({ classes }, column, say) =>
    `which of ${classes.slice(0, classesSaidMax).map(say).join(', ')} ${column} will be`,
  scoreCount: (classes) => classes.length,
  decide: (scores, from, width) => decideRow(scores, from, width, null),
};
