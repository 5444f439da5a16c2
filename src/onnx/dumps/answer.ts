import type { Signature } from '../../domain/spec/signature.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';
import { refusedFile } from '../file/refused-file.ts';
import type { GraphBuilder } from '../graphs/graph-builder.ts';
import { heads } from '../graphs/heads.ts';
import { elementTypes } from '../graphs/wire.ts';
import type { Dump, Link, Objective } from './dump.ts';
import { shown } from './read-json.ts';

/** Throws `unsupported` for a dump that answers something else than the signature asks for. */
export function checkAnswers({ objective, base }: Dump, { task, classes }: Signature): void {
  const { hasClasses, hasPositive } = taskOf(task);
  const { answers } = objective;
  const sums = base.length;
  const isOfTask: Readonly<Record<Objective['answers'], boolean>> = {
    probability: hasPositive,
    classes: hasClasses && sums === classes.length,
    value: !hasClasses,
    share: hasPositive || !hasClasses,
  };
  if (isOfTask[answers] && (answers === 'classes' || sums === 1)) return;
  const found = answers === 'classes' ? `${sums} classes` : answers === 'probability' ? '2 classes' : 'a value';
  const asked = hasClasses ? `${classes.length} classes` : 'a value';
  throw refusedFile(
    `answers ${found} in ${sums} ${sums === 1 ? 'sum' : 'sums'} (objective ${shown(objective.name)}), ` +
      `and ${asked} is what is asked for`,
    'Train for an objective of the task.',
  );
}

/** From the sums to what is answered: of two classes a single sum speaks of the second. */
export function addAnswer(
  graph: GraphBuilder,
  { task, classes }: Signature,
  { objective, precision }: Dump,
  sums: string,
): void {
  const head = heads[task];
  if (objective.answers === 'classes') {
    const shares = graph.node('Softmax', [sums], { axis: { int: 1 } });
    head.fromScores(graph, classes, graph.node('Cast', [shares], { to: { int: elementTypes.float } }));
    return;
  }
  const { slope } = objective;
  const scaled =
    slope === 1 ? sums : graph.node('Mul', [sums, graph.constant({ type: precision, dims: [1], values: [slope] })]);
  const { hasClasses } = taskOf(task);
  head.fromSums(graph, classes, hasClasses ? scaled : values[objective.link](graph, scaled), precision);
}

/** What a value is made of its sum by; classes have their head. */
const values: Readonly<Record<Link, (graph: GraphBuilder, sums: string) => string>> = {
  identity: (_graph, sums) => sums,
  softmax: (_graph, sums) => sums,
  exp: (graph, sums) => graph.node('Exp', [sums]),
  logistic: (graph, sums) => graph.node('Sigmoid', [sums]),
  'signed-square': (graph, sums) => graph.node('Mul', [sums, graph.node('Abs', [sums])]),
};
