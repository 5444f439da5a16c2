import type { ForeignHead, Said } from './foreign-head.ts';
import type { OriginalAnswers } from './original-graph.ts';
import type { PlannedOutputs } from './plan-outputs.ts';
import { refusedFile } from '../file/refused-file.ts';

/** A score is the best of its row when no other comes this near to it. */
const clearMargin = 1e-6;
/** A model may put its label elsewhere than its best score now and then (a tuned threshold, votes of pairs). */
const agreementMin = 0.9;

/** Columns of the scores, each with how often which label was answered where it was the best. */
type Seen = readonly ReadonlyMap<string, number>[];

/**
 * One class per column, in the order of the file; a single column stands for two. What the graph says of its label is
 * held against the labels that the model itself answered to the probes. Throws `unsupported` where the two disagree,
 * and where nothing says which column is which class.
 */
export function settleClasses(
  plan: PlannedOutputs,
  said: Said,
  probed: OriginalAnswers,
  form: ForeignHead['form'],
  notes: string[],
): readonly string[] {
  const count = Math.max(2, probed.width);
  const seen = seenLabels(probed, form);
  if (said.expected !== undefined) return settleExpected(plan, said.expected, probed.width, seen);
  const file = fileClasses(plan, count, seen);
  if (said.classes === undefined) {
    if (file === null) throw unclear(count);
    if (!isAgreeing(file, seen)) throw disagreeing(file, seen);
    if (shareAgreeing(file, seen) < 1)
      notes.push(`label: the file's own is another than its best score for some rows; the best score decides here`);
    return file;
  }
  if (said.classes.length !== count)
    throw refusedFile(
      `gives ${probed.width} ${probed.width === 1 ? 'score' : 'scores'} per row, ` +
        `and the signature names ${said.classes.length} classes`,
      'Name one class per column, in the order of the file.',
    );
  const isRenaming = file === null || said.classes.some((name) => !file.includes(name));
  if (!isRenaming && said.classes.some((name, index) => name !== file[index]) && isAgreeing(file, seen))
    throw refusedFile(
      `gives its scores in the order ${file.join(', ')}, and the signature names them in another`,
      'Name the classes in the order of the file; output.positive says which of two counts.',
    );
  return said.classes;
}

/**
 * The classes are known, and only their order is asked: that of the labels of the file where it has them, else the one
 * that was agreed upon.
 */
function settleExpected(plan: PlannedOutputs, expected: readonly string[], width: number, seen: Seen) {
  const count = Math.max(2, width);
  if (count !== expected.length)
    throw refusedFile(
      `gives ${width} ${width === 1 ? 'score' : 'scores'} per row, and the definition names ${expected.length} classes`,
      'Let it give one probability per class, in the order of target.classes in spec.json.',
    );
  const isOfThem = (list: readonly string[]) => isDistinct(list) && list.every((name) => expected.includes(name));
  const own =
    plan.label === null
      ? (plan.lists.find((list) => list.length === count && isOfThem(list)) ?? null)
      : fileClasses(plan, count, seen);
  if (own === null || !isOfThem(own)) {
    const isNumbered = own === null || own.every((name, place) => name === String(place));
    if (isNumbered) return expected;
    throw refusedFile(
      `names its classes ${own.slice(0, 8).join(', ')}, and those of the definition are ` +
        expected.slice(0, 8).join(', '),
      'Fit it on the labels as they stand in the rows, or on their places in target.classes of spec.json.',
    );
  }
  if (!isAgreeing(own, seen)) throw disagreeing(own, seen);
  return own;
}

function fileClasses(plan: PlannedOutputs, count: number, seen: Seen): readonly string[] | null {
  const numbered = Array.from({ length: count }, (_, index) => String(index));
  if (plan.classes === 'positions') return numbered;
  if (plan.classes !== null && plan.classes.length === count && isDistinct(plan.classes)) return plan.classes;
  // Where the way of the label cannot be followed, the probes say which list of the file it is.
  const lists = plan.lists.filter((list) => list.length === count);
  if (plan.label === null) return lists[0] ?? numbered;
  const fitting = [...lists, numbered].filter((list) => isAgreeing(list, seen) && isDecided(seen));
  return fitting[0] ?? learned(seen);
}

function isDistinct(classes: readonly string[]): boolean {
  return new Set(classes).size === classes.length;
}

/** Probes have named at least two labels, so that a list in the wrong order would show. */
function isDecided(seen: Seen): boolean {
  return new Set(seen.flatMap((labels) => [...labels.keys()])).size >= 2;
}

/** The label that was answered to each column; null unless every column has one of its own. */
function learned(seen: Seen): readonly string[] | null {
  const names = seen.map((labels) => mostOf(labels));
  const known = names.filter((name): name is string => name !== null);
  return known.length === seen.length && isDistinct(known) ? known : null;
}

function seenLabels({ scores, width, labels }: OriginalAnswers, form: ForeignHead['form']): Seen {
  const seen = Array.from({ length: Math.max(2, width) }, () => new Map<string, number>());
  labels?.forEach((label, row) => {
    const column = bestColumn(scores.subarray(row * width, (row + 1) * width), form);
    const counts = column === null ? undefined : seen[column];
    counts?.set(label, (counts.get(label) ?? 0) + 1);
  });
  return seen;
}

/** Null where two are as good. One column speaks of the second of two classes. */
function bestColumn(row: Float64Array, form: ForeignHead['form']): number | null {
  const [only = NaN] = row;
  const half = form === 'probabilities' ? 0.5 : 0;
  if (row.length === 1) return Number.isNaN(only) || Math.abs(only - half) < clearMargin ? null : Number(only > half);
  const order = [...row.keys()].toSorted((left, right) => (row[right] ?? 0) - (row[left] ?? 0));
  const [best = 0, next = 0] = order;
  return (row[best] ?? NaN) - (row[next] ?? NaN) > clearMargin ? best : null;
}

/** No column's usual label is another than its class. */
function isAgreeing(classes: readonly string[], seen: Seen): boolean {
  if (shareAgreeing(classes, seen) >= agreementMin) return true;
  const isContradicted = seen.some((labels, column) => {
    const usual = mostOf(labels);
    return usual !== null && usual !== classes[column];
  });
  return !isContradicted;
}

function shareAgreeing(classes: readonly string[], seen: Seen): number {
  let rows = 0;
  let agreeing = 0;
  for (const [column, labels] of seen.entries()) {
    for (const [label, count] of labels) {
      rows += count;
      if (label === classes[column]) agreeing += count;
    }
  }
  return rows === 0 ? 1 : agreeing / rows;
}

function mostOf(labels: ReadonlyMap<string, number>): string | null {
  let best: string | null = null;
  for (const [label, count] of labels) if (best === null || count > (labels.get(best) ?? 0)) best = label;
  return best;
}

function unclear(count: number): Error {
  return refusedFile(
    `does not say which of its ${count} scores stands for which class`,
    'Name the classes in the order of its scores: {"output": {"classes": ["...", "..."]}}.',
  );
}

function disagreeing(classes: readonly string[], seen: Seen): Error {
  const column = seen.findIndex((labels, index) => mostOf(labels) !== null && mostOf(labels) !== classes[index]);
  const own = mostOf(seen[column] ?? new Map());
  return refusedFile(
    `answers "${own ?? ''}" itself where its best score is that of "${classes[column] ?? ''}"`,
    'Name the classes in the order of its scores: {"output": {"classes": ["...", "..."]}}.',
  );
}
