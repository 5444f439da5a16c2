import { isText } from '../domain/features/kind-of.ts';
import type { Answer } from '../domain/record/records.ts';
import type { EncodedRow, Signature } from '../domain/spec/signature.ts';
import type { FallbackRule, FallbackSpec } from '../domain/spec/spec.ts';
import { taskOf } from '../domain/tasks/task-of.ts';

/** What the definition says for a row while no version can answer. `signature` is the one in whose cells the row is. */
export function answerByFallback(fallback: FallbackSpec, signature: Signature, row: EncodedRow): Answer {
  const rule = fallback.rules.find(({ when }) => isMet(when, signature, row));
  const said = rule === undefined ? fallback.otherwise : rule.answer;
  return taskOf(signature.task).fallback.answer(said, signature.classes);
}

function isMet(when: FallbackRule['when'], signature: Signature, row: EncodedRow): boolean {
  const column = signature.columns.find((candidate) => candidate.name === when.feature);
  if (column === undefined) return false;
  if (isText(column)) {
    const text = row.texts[column.index] ?? null;
    return text !== null && (when.op === '=' ? text === when.value : when.op === '!=' && text !== when.value);
  }
  const value = row.numbers[column.index] ?? Number.NaN;
  return !Number.isNaN(value) && isInRelation(value, when.op, Number(when.value));
}

function isInRelation(left: number, op: FallbackRule['when']['op'], right: number): boolean {
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
