import type { Answer } from '../../domain/record/records.ts';
import type { Signature } from '../../domain/spec/signature.ts';

/** A binary version without a threshold of its own decides at even odds. */
const evenOdds = 0.5;

/**
 * The answer behind the scores of one row: threshold for binary, largest probability for multiclass, none for
 * regression.
 */
export function decide(
  signature: Pick<Signature, 'task' | 'classes'>,
  threshold: number | null,
  scores: readonly number[],
): Answer {
  const { task, classes } = signature;
  if (task === 'regression') return { scores, decision: null };
  if (task === 'binary')
    return { scores, decision: classes[(scores[1] ?? 0) >= (threshold ?? evenOdds) ? 1 : 0] ?? null };
  let best = 0;
  for (let index = 1; index < scores.length; index++) if ((scores[index] ?? -1) > (scores[best] ?? -1)) best = index;
  return { scores, decision: classes[best] ?? null };
}
