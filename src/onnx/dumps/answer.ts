import type { Signature } from '../../domain/spec/signature.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';
import { refusedFile } from '../file/refused-file.ts';
import type { GraphBuilder } from '../graphs/graph-builder.ts';
import { heads } from '../graphs/heads.ts';
import { elementTypes } from '../graphs/wire.ts';
import type { Dump, Link } from './dump.ts';
import { shown } from './read-json.ts';

/**
 * Which sum of ours each sum of the dump is: where there is one per class, that of its class, and else itself.
 * `classes`: words in the order of the dump's codes. Throws `unsupported` for a dump that answers something else.
 */
export function orderOfSums(dump: Dump, signature: Signature, classes: readonly string[]): readonly number[] {
  checkAnswers(dump, signature);
  checkClasses(signature, classes);
  if (dump.objective.answers !== 'classes') return [0];
  return classes.map((name) => signature.classes.indexOf(name));
}

function checkAnswers({ objective, base }: Dump, { task, classes }: Signature): void {
  const { hasClasses, hasPositive } = taskOf(task);
  const { answers } = objective;
  const sums = base.length;
  const isFitting = {
    probability: hasPositive,
    classes: hasClasses && sums === classes.length,
    value: !hasClasses,
    share: hasPositive || !hasClasses,
  }[answers];
  const isOneSum = answers === 'classes' || sums === 1;
  if (isFitting && isOneSum) return;
  const given = {
    probability: 'the probability of two classes',
    classes: `${sums} classes`,
    value: 'a value',
    share: 'a share',
  };
  const found = isOneSum ? given[answers] : `${sums} numbers`;
  const asked = hasClasses ? `${classes.length} classes` : 'a value';
  throw refusedFile(
    `answers ${found} (objective ${shown(objective.name)}), and the definition asks for ${asked}`,
    'Train for an objective of its task.',
  );
}

function checkClasses(signature: Signature, classes: readonly string[]): void {
  const isSame = classes.length === signature.classes.length && new Set(classes).size === classes.length;
  if (isSame && classes.every((name) => signature.classes.includes(name))) return;
  throw refusedFile(
    `is said to have the classes ${classes.slice(0, 8).map(shown).join(', ')}, which are not those of the definition`,
    `Name each of ${signature.classes.slice(0, 8).map(shown).join(', ')} once, in the order of the codes.`,
  );
}

/** From the sums to what is answered. `classes`: as above; of two the second is whose probability a single sum is. */
export function addAnswer(
  graph: GraphBuilder,
  signature: Signature,
  { objective, precision }: Dump,
  sums: string,
  classes: readonly string[],
): void {
  const head = heads[signature.task];
  if (objective.answers === 'classes') {
    const shares = graph.node('Softmax', [sums], { axis: { int: 1 } });
    head.fromScores(graph, signature.classes, graph.node('Cast', [shares], { to: { int: elementTypes.float } }));
    return;
  }
  const isTurned = classes.length === 2 && classes[1] !== signature.classes[1];
  const slope = isTurned ? -objective.slope : objective.slope;
  const constant = graph.constant({ type: precision, dims: [1], values: [slope] });
  const scaled = slope === 1 ? sums : graph.node('Mul', [sums, constant]);
  const { hasClasses } = taskOf(signature.task);
  head.fromSums(graph, signature.classes, hasClasses ? scaled : values[objective.link](graph, scaled), precision);
}

/** What a value is made of its sum by; classes have their head. */
const values: Readonly<Record<Link, (graph: GraphBuilder, sums: string) => string>> = {
  identity: (_graph, sums) => sums,
  softmax: (_graph, sums) => sums,
  exp: (graph, sums) => graph.node('Exp', [sums]),
  logistic: (graph, sums) => graph.node('Sigmoid', [sums]),
  'signed-square': (graph, sums) => graph.node('Mul', [sums, graph.node('Abs', [sums])]),
};
