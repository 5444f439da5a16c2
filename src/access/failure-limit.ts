import { RateLimiterMemory } from 'rate-limiter-flexible';
import { PerennialError } from '../domain/words/errors.ts';

export interface FailureLimitOptions {
  /** Wrong tokens and sign-ins that one address may send in a minute. */
  readonly failuresPerMinute?: number;
  /** Addresses remembered at once; beyond it, strangers share one count. */
  readonly addressesMax?: number;
}

export interface FailureLimit {
  /**
   * Throws `rate_limited` when the address has failed too often. `secretHash` of a token that was good here lately
   * passes.
   */
  check(address: string | null, secretHash: string | null): Promise<void>;
  failed(address: string | null): Promise<void>;
  proven(secretHash: string): void;
}

const windowSeconds = 60;
/** Tokens that were good lately, remembered so that a stranger behind the same proxy cannot lock out its users. */
const provenMax = 1_000;
const overflowKey = 'everybody else';

/**
 * Counts failures per client address, in this process. A token is 256 random bits, so this is not what keeps it from
 * being guessed; it keeps a guesser from costing a query per guess, and from filling the log.
 */
export function createFailureLimit(options: FailureLimitOptions = {}): FailureLimit {
  const points = options.failuresPerMinute ?? 30;
  const addressesMax = options.addressesMax ?? 10_000;
  const limiter = new RateLimiterMemory({ points, duration: windowSeconds });
  /**
   * Address to the instant at which its count starts afresh; in order of the first failure, so the first is the oldest.
   */
  const counted = new Map<string, number>();
  const good = new Set<string>();

  function keyOf(address: string): string {
    const key = networkOf(address);
    return counted.has(key) || counted.size < addressesMax ? key : overflowKey;
  }

  function forgetOld(nowMs: number): void {
    for (const [key, endsMs] of counted) {
      if (endsMs > nowMs) return;
      counted.delete(key);
    }
  }

  return {
    async check(address, secretHash) {
      if (address === null || (secretHash !== null && good.has(secretHash))) return;
      const known = await limiter.get(keyOf(address));
      if (known === null || known.consumedPoints < points) return;
      const seconds = Math.max(1, Math.ceil(known.msBeforeNext / 1_000));
      throw new PerennialError(
        'rate_limited',
        `Too many wrong tokens came from this address: ${points} in a minute are allowed.`,
        {
          hint: `Wait ${seconds} s, then send a token that is right.`,
          retryAfterSeconds: seconds,
        },
      );
    },
    async failed(address) {
      if (address === null) return;
      const nowMs = Date.now();
      forgetOld(nowMs);
      const key = keyOf(address);
      if (key !== overflowKey && !counted.has(key)) counted.set(key, nowMs + windowSeconds * 1_000);
      await limiter.penalty(key);
    },
    proven(secretHash) {
      good.delete(secretHash);
      good.add(secretHash);
      const oldest = good.values().next().value;
      if (good.size > provenMax && oldest !== undefined) good.delete(oldest);
    },
  };
}

/** Somebody with an IPv6 address has 2^64 of them: they count as one. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? (address.split('::')[0] ?? '').split(':').slice(0, 4).join(':');
}
