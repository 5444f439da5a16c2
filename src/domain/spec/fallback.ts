import type { EncodedRow, Signature } from './signature.ts';
import type { FallbackAnswer, FallbackRule, FallbackSpec } from './spec.ts';

/** What the definition says for a row while no version can answer: scores in class order, and the decision. */
export interface FallbackResult {
  readonly scores: readonly number[];
  readonly decision: string | null;
}

/** A probability of the positive class at or above this decides for it, as for a version without a threshold. */
const evenOdds = 0.5;

/** `signature` is the one in whose slots the row is. */
export function answerByFallback(fallback: FallbackSpec, signature: Signature, row: EncodedRow): FallbackResult {
  const rule = fallback.rules.find(({ when }) => holds(when, signature, row));
  return resultOf(rule === undefined ? fallback.otherwise : rule.answer, signature);
}

function resultOf(answer: FallbackAnswer, { task, classes }: Signature): FallbackResult {
  if (task === 'regression') return { scores: [Number(answer)], decision: null };
  if (typeof answer === 'string') return { scores: classes.map((name) => (name === answer ? 1 : 0)), decision: answer };
  return { scores: [1 - answer, answer], decision: classes[answer >= evenOdds ? 1 : 0] ?? null };
}

function holds(when: FallbackRule['when'], signature: Signature, row: EncodedRow): boolean {
  const column = signature.columns.find((candidate) => candidate.name === when.feature);
  if (column === undefined) return false;
  if (column.kind === 'category') {
    const text = row.texts[column.slot] ?? null;
    return text !== null && (when.op === '=' ? text === when.value : when.op === '!=' && text !== when.value);
  }
  const value = row.numbers[column.slot] ?? Number.NaN;
  return !Number.isNaN(value) && compare(value, when.op, Number(when.value));
}

function compare(left: number, op: FallbackRule['when']['op'], right: number): boolean {
  switch (op) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '=':
      return left === right;
    case '!=':
      return left !== right;
  }
}
