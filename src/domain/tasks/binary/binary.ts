import { decideRow } from '../../../statistics/samples/losses.ts';
import { listNames } from '../../words/nearest-name.ts';
import type { BinaryTarget } from '../../spec/spec.ts';
import { certain, classesProblem, classLabels, classLoss } from '../classes.ts';
import type { Task, TaskFallback } from '../task.ts';
import { binaryCorrection } from './correct-binary.ts';

/** A version without a threshold of its own decides for the positive class from here upwards. */
const evenOdds = 0.5;

const fallback: TaskFallback<BinaryTarget> = {
  problemOf({ positive, negative }, answer) {
    const labels = listNames([negative, positive]);
    if (typeof answer === 'string') {
      if (answer === positive || answer === negative) return null;
      return { message: `${JSON.stringify(answer)} is no answer of a binary target`, fix: `Use one of: ${labels}.` };
    }
    if (answer >= 0 && answer <= 1) return null;
    return {
      message: `${answer} is not a probability`,
      fix: `Use a number from 0 to 1 (of ${JSON.stringify(positive)}), or one of: ${labels}.`,
    };
  },
  answer(answer, classes) {
    if (typeof answer === 'string') return { scores: certain(answer, classes), decision: answer };
    return { scores: [1 - answer, answer], decision: classes[answer >= evenOdds ? 1 : 0] ?? null };
  },
};

/** One of two outcomes, by the probability of the positive one. */
export const binaryTask: Task<BinaryTarget> = {
  name: 'binary',
  hasClasses: true,
  hasPositive: true,
  defaultThreshold: evenOdds,
  loss: classLoss,
  labels: classLabels,
  fallback,
  correction: binaryCorrection,
  classesOf: ({ negative, positive }) => [negative, positive],
  targetOf: (base, [negative = '0', positive = '1']) => ({ ...base, task: 'binary', negative, positive }),
  problemOf: ({ negative, positive }) => classesProblem([negative, positive]),
  exampleLabel: ({ positive }) => positive,
  sayPrediction: ({ positive, negative }, column, say) =>
    `whether ${column} will be ${say(positive)} (and not ${say(negative)})`,
  scoreCount: () => 2,
  decide: decideRow,
};
