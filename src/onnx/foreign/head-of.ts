import { taskOf } from '../../domain/tasks/task-of.ts';
import type { OriginalAnswers } from './original-graph.ts';
import { severalLabels, type PlannedOutputs } from './plan-outputs.ts';
import { refusedFile } from '../file/refused-file.ts';
import { settleClasses } from './settle-classes.ts';
import type { ForeignHead, Said } from './foreign-head.ts';

/** Sums of float32 probabilities stay within this of 1. */
const sumTolerance = 1e-3;
/** A probability this far outside of 0 to 1 is rounding; one that is further out is no probability. */
export const probabilityTolerance = 1e-5;

/** What the raw scores mean: by the signature, else by the file, else by how they look on the probes. */
export function headOf(plan: PlannedOutputs, said: Said, probed: OriginalAnswers, notes: string[]): ForeignHead {
  const { width } = probed;
  const isLike = isProbabilityLike(probed);
  if (!isClassifier(plan, said, probed, isLike)) return valueHead(said, width, notes);
  const form = formOf(plan, said, probed, isLike);
  const fileClasses = settleClasses(plan, said, probed, form, notes);
  const task = said.task ?? (fileClasses.length === 2 ? 'binary' : 'multiclass');
  const { hasPositive } = taskOf(task);
  if (hasPositive && fileClasses.length !== 2)
    throw refusedFile(
      `gives ${width} scores per row, which are not two classes`,
      'Say {"output": {"task": "multiclass"}}.',
    );
  const positive = said.positive ?? fileClasses[1] ?? '1';
  if (hasPositive && !fileClasses.includes(positive))
    throw refusedFile(
      `has no class "${positive}" among ${fileClasses.map((name) => `"${name}"`).join(', ')}`,
      'Correct output.positive in the signature.',
    );
  const classes = hasPositive ? [...fileClasses.filter((name) => name !== positive), positive] : fileClasses;
  if (said.task === undefined) notes.push(`task: ${task}`);
  if (said.classes === undefined) {
    const which = hasPositive && said.positive === undefined ? ` (positive: ${positive})` : '';
    notes.push(`classes: ${classes.slice(0, 12).join(', ')}${which}`);
  }
  if (said.scores === undefined) notes.push(`scores: ${form}`);
  return { task, fileClasses, classes, form, width };
}

/** Several numbers of which nobody says what they are could as well be several values. */
function isClassifier(plan: PlannedOutputs, said: Said, { width }: OriginalAnswers, isLike: boolean): boolean {
  if (said.task !== undefined) return taskOf(said.task).hasClasses;
  if (said.classes !== undefined || said.scores !== undefined || plan.label !== null) return true;
  if (width === 1) return plan.end === 'probabilities' || plan.end === 'sigmoid';
  return plan.end === 'probabilities' || plan.end === 'sigmoid' || plan.isNamedLogits || isLike;
}

function valueHead(said: Said, width: number, notes: string[]): ForeignHead {
  if (width !== 1)
    throw refusedFile(
      `gives ${width} scores per row, which is no single value, and nothing says that they are classes`,
      'Say what they are: {"output": {"task": "multiclass", "scores": "logits"}}; else export one model per value.',
    );
  if (said.task === undefined)
    notes.push('task: regression, as the file gives one number and nothing says that it is a probability');
  return { task: said.task ?? 'regression', fileClasses: [], classes: [], form: 'probabilities', width };
}

function formOf(plan: PlannedOutputs, said: Said, probed: OriginalAnswers, isLike: boolean): ForeignHead['form'] {
  const { width } = probed;
  if (width > 1 && !isLike && said.scores !== 'logits' && areAllShares(probed)) {
    throw severalLabels(`${width} probabilities that do not add up to 1`);
  }
  if (width > 1 && !isLike && plan.end === 'sigmoid')
    throw severalLabels(`${width} probabilities, each by a sigmoid of its own`);
  const isProbable = isLike || (width === 1 && (plan.end === 'probabilities' || plan.end === 'sigmoid'));
  const form = said.scores ?? (isProbable ? 'probabilities' : 'logits');
  if (form === 'logits') return form;
  if (!isLike) throw refusedFile('gives scores that are no probabilities', 'Say {"output": {"scores": "logits"}}.');
  const worst = probed.scores.reduce((most, score) => Math.max(most, -score, score - 1), 0);
  if (worst > probabilityTolerance)
    throw refusedFile(
      `gives probabilities that are ${worst.toPrecision(2)} outside of 0 to 1; rounding is ${probabilityTolerance}`,
      'Export its probabilities, or say {"output": {"scores": "logits"}}.',
    );
  return form;
}

function isProbabilityLike({ scores, width }: OriginalAnswers): boolean {
  let seen = 0;
  for (let at = 0; at + width <= scores.length; at += width) {
    const row = scores.subarray(at, at + width);
    if (!row.every(Number.isFinite)) continue;
    seen += 1;
    if (row.some((score) => score < -sumTolerance || score > 1 + sumTolerance)) return false;
    if (width > 1 && Math.abs(row.reduce((sum, score) => sum + score, 0) - 1) > sumTolerance) return false;
  }
  return seen > 0;
}

/** Every score of the probes lies in 0 to 1, as probabilities do and logits do not. */
function areAllShares({ scores }: OriginalAnswers): boolean {
  return scores.every((score) => !(score < 0 || score > 1));
}
