import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Signature } from '../../../domain/spec/signature.ts';
import type { StreamingSpec } from '../../../domain/spec/trainer-spec.ts';
import { canonicalJson } from '../../../domain/words/canonical.ts';

/** Key of ModelProto.metadata_props; its number changes when what it holds does. */
const key = 'perennial.stream.1';

const amount = z.number().nonnegative();
const sums = z.array(z.number());

/** Of a number: how many values there were, their mean and squared distances from it (Welford 1962), how many not. */
const numberSeen = z.object({ count: amount, mean: z.number(), squares: amount, missing: amount });
/** Of a category: words in the order in which they came, how often each, and how often none of them. */
const wordsSeen = z.object({ words: z.array(z.string()), counts: z.array(amount), others: amount });

const stateSchema = z.object({
  /** Of the signature and of what the learner was told: a state means nothing to another one. */
  of: z.string(),
  rows: amount,
  /** One for each encoding of the signature. */
  seen: z.array(z.union([numberSeen, wordsSeen])),
  /** Sums of FTRL-Proximal: of the bias, then of each encoding, parameter by parameter, one number per output. */
  z: z.array(sums),
  n: z.array(sums),
});

export type NumberSeen = z.infer<typeof numberSeen>;
export type WordsSeen = z.infer<typeof wordsSeen>;
/** All that a learner knows, as plain JSON: numbers come back as they were. */
export type StreamState = z.infer<typeof stateSchema>;

/** Which learner a state belongs to. */
export function learnerOf(signature: Signature, { alpha, beta, l1, l2 }: StreamSettings): string {
  return createHash('sha256').update(canonicalJson({ signature, alpha, beta, l1, l2 })).digest('hex');
}

export type StreamSettings = Pick<StreamingSpec, 'alpha' | 'beta' | 'l1' | 'l2'>;

/** Goes into the metadata of the file of a version. */
export function stateNotes(state: StreamState): Record<string, string> {
  return { [key]: JSON.stringify(state) };
}

/** Null where the file holds no state, or one that is not understood. */
export function readState(metadata: ReadonlyMap<string, string>): StreamState | null {
  try {
    return stateSchema.parse(JSON.parse(metadata.get(key) ?? ''));
  } catch {
    return null;
  }
}
