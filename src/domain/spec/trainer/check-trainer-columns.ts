import { columnsRead } from '../../features/expressions/expression.ts';
import { kindOf } from '../../features/kind-of.ts';
import { taskOf } from '../../tasks/task-of.ts';
import type { ModelSpec } from '../spec.ts';
import { problemIf, unknownColumn, type SpecProblem } from '../spec-bounds.ts';
import { checkFeatureSelection } from './check-feature-selection.ts';
import { familiesOf } from '../search/searched-families.ts';
import {
  completeTrainer,
  isOwn,
  isSearch,
  type GbdtSpec,
  type OwnSpec,
  type RegressionObjective,
  type SearchSpec,
} from '../trainer-spec.ts';

/** Problems of what a trainer of this platform is told of features and the target of its definition. */
export function checkTrainerColumns(spec: ModelSpec): SpecProblem[] {
  const { trainer, features } = spec;
  if (!isOwn(trainer) && !isSearch(trainer)) return [];
  const weightColumn = 'weightColumn' in trainer ? trainer.weightColumn : undefined;
  const numbers = features.filter(({ kind }) => kindOf(kind).isQuantity).map(({ name }) => name);
  return [
    ...(weightColumn === undefined
      ? []
      : unknownColumn('trainer.weightColumn', weightColumn, numbers, 'number feature')),
    ...checkFeatureSelection(spec),
    ...(isSearch(trainer) ? searchedTrees(trainer) : [trainer]).flatMap((own) =>
      own.kind === 'gbdt' ? [...checkObjective(spec, own), ...checkMonotone(spec, own)] : [],
    ),
  ];
}

/** What is settled of the trees of a search; of what is drawn nothing is a column. */
function searchedTrees(search: SearchSpec): readonly OwnSpec[] {
  return familiesOf(search).map(({ family, fixed }) => completeTrainer({ kind: family, ...fixed }) as OwnSpec);
}

/** Whether what an objective answers is what a correction moves answers to. */
const answersMeans: Readonly<Record<RegressionObjective, boolean>> = {
  absolute: false,
  huber: false,
  poisson: true,
  quantile: false,
};

function checkObjective({ target, watch }: ModelSpec, { objective }: GbdtSpec): SpecProblem[] {
  return [
    ...problemIf(
      objective !== undefined && taskOf(target.task).hasClasses,
      'trainer.objective',
      `${objective} is for a value, and the target is ${target.task}`,
      'Leave it out: classes are fitted by log loss.',
    ),
    ...problemIf(
      objective !== undefined && !answersMeans[objective] && watch.correction != null,
      'watch.correction',
      `it would move the answers of ${objective} to means`,
      'Leave the correction out, or the objective.',
    ),
  ];
}

/** A promise about answers holds only where nothing else that the model sees moves with the feature. */
function checkMonotone({ target, features, derived = [], outliers = [] }: ModelSpec, trainer: GbdtSpec): SpecProblem[] {
  const names = Object.keys(trainer.monotone ?? {});
  if (names.length === 0) return [];
  const { hasClasses, hasPositive } = taskOf(target.task);
  if (hasClasses && !hasPositive)
    return [
      {
        path: 'trainer.monotone',
        message: 'of more than two classes not all probabilities can rise',
        fix: 'Leave it out, or predict one class against the others.',
      },
    ];
  const numbers = features.filter(({ kind, use }) => use === undefined && kindOf(kind).isQuantity);
  return names.flatMap((name) => {
    const path = `trainer.monotone.${name}`;
    const other = features.find((feature) => feature.name === name && !numbers.includes(feature));
    if (other !== undefined)
      return problemIf(true, path, `${name} is no number that the model sees`, 'Name a number feature.');
    const reader = derived.find(({ expression }) => columnsRead(expression).includes(name));
    const makesMissing = outliers.some(
      ({ action, features: of }) => action === 'missing' && (of ?? [name]).includes(name),
    );
    return [
      ...unknownColumn(
        path,
        name,
        numbers.map((feature) => feature.name),
        'number feature',
      ),
      ...problemIf(
        reader !== undefined,
        path,
        `the derived feature ${reader?.name} moves with ${name}`,
        'Leave one of the two out.',
      ),
      ...problemIf(
        makesMissing,
        path,
        `outliers of ${name} are taken as missing, which has an answer of its own`,
        'Clip them, or leave them as they are.',
      ),
    ];
  });
}
