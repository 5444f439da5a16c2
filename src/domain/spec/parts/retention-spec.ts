/** A stretch of time from the day on which something came; null keeps it for ever. */
export type Kept = { readonly ms: number } | null;

/**
 * How long what a model leaves is kept. What a champion, an open rollout, a guard or a legal hold needs stays longer,
 * and the audit stays for good.
 */
export interface RetentionSpec {
  /** Logged requests and answers, and who was exposed to which arm. */
  readonly predictions: Kept;
  readonly labels: Kept;
  /** The numbers behind verdicts, counters and quality of windows; of a decision its sentence stays. */
  readonly evidence: Kept;
  /** Files of versions and snapshots: for as long a version can be reproduced and rolled back to. */
  readonly artifacts: Kept;
}
