import { createHash } from 'node:crypto';

/** First 32 hex digits of SHA-256 of `model NUL entity`: the log can join by customer without naming the customer. */
export function entityHashOf(model: string, entity: string): string {
  return createHash('sha256').update(`${model}\u0000${entity}`).digest('hex').slice(0, 32);
}
