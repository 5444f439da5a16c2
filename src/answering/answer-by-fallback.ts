import type { Answer } from '../domain/record/records.ts';
import type { EncodedRow, Signature } from '../domain/spec/signature.ts';
import type { FallbackAnswer, FallbackRule, FallbackSpec } from '../domain/spec/spec.ts';
import { decide, type Question } from './decide.ts';

/**
 * What the definition says for a row while no version can answer. `signature` is the one in whose slots the row is. A
 * declared probability decides as that of a version without a threshold.
 */
export function answerByFallback(fallback: FallbackSpec, signature: Signature, row: EncodedRow): Answer {
  const rule = fallback.rules.find(({ when }) => holds(when, signature, row));
  const said = rule === undefined ? fallback.otherwise : rule.answer;
  const scores = scoresOf(said, signature);
  const isNamed = typeof said === 'string' && signature.task !== 'regression';
  return { scores, decision: isNamed ? said : decide(signature, null, scores) };
}

function scoresOf(said: FallbackAnswer, { task, classes }: Question): readonly number[] {
  if (task === 'regression') return [Number(said)];
  return typeof said === 'string' ? classes.map((name) => (name === said ? 1 : 0)) : [1 - said, said];
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
