import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { isPerennialError, PerennialError } from '../domain/words/errors.ts';

export interface FailureLimitOptions {
  /** Wrong tokens and sign-ins that one address may send in a minute. */
  readonly failuresPerMinute?: number;
  /** Addresses remembered at once; beyond it, strangers share one count. */
  readonly addressesMax?: number;
}

export interface FailureLimit {
  /**
   * Runs a proof of identity. It is counted against the address before it begins, so that many at once cost no more
   * queries than may fail, and taken off again unless it ends as `unauthenticated`. Throws `rate_limited` in its place
   * when the address has failed too often; a secret that was good here lately passes uncounted.
   */
  attempt<T>(address: string | null, secretHash: string | null, prove: () => Promise<T>): Promise<T>;
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
  /** Secrets that are being proven: the same one twice at once waits, and is mostly good by then. */
  const proving = new Map<string, Promise<unknown>>();

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

  function remember(secretHash: string): void {
    good.delete(secretHash);
    good.add(secretHash);
    const oldest = good.values().next().value;
    if (good.size > provenMax && oldest !== undefined) good.delete(oldest);
  }

  /** Takes one point before anything is asked. */
  async function take(key: string): Promise<void> {
    const nowMs = Date.now();
    forgetOld(nowMs);
    if (key !== overflowKey && !counted.has(key)) counted.set(key, nowMs + windowSeconds * 1_000);
    await limiter.consume(key).catch((refused: unknown) => {
      throw refused instanceof RateLimiterRes ? tooMany(points, refused.msBeforeNext) : refused;
    });
  }

  async function counting<T>(key: string, prove: () => Promise<T>): Promise<T> {
    await take(key);
    try {
      const proof = await prove();
      await limiter.reward(key);
      return proof;
    } catch (error) {
      if (!isUnauthenticated(error)) await limiter.reward(key);
      throw error;
    }
  }

  async function attempt<T>(address: string | null, secretHash: string | null, prove: () => Promise<T>): Promise<T> {
    if (secretHash === null) return address === null ? prove() : counting(keyOf(address), prove);
    // oxlint-disable-next-line no-await-in-loop -- one at a time, each as short as a query
    while (!good.has(secretHash) && proving.has(secretHash)) await proving.get(secretHash);
    const isFree = address === null || good.has(secretHash);
    const proof = isFree ? prove() : counting(keyOf(address), prove);
    if (!good.has(secretHash)) {
      const settled = proof.then(ignore, ignore).finally(() => proving.delete(secretHash));
      proving.set(secretHash, settled);
    }
    try {
      const proven = await proof;
      remember(secretHash);
      return proven;
    } catch (error) {
      if (isUnauthenticated(error)) good.delete(secretHash);
      throw error;
    }
  }

  return { attempt };
}

const ignore = (): void => undefined;

function isUnauthenticated(error: unknown): boolean {
  return isPerennialError(error) && error.code === 'unauthenticated';
}

function tooMany(points: number, msBeforeNext: number): PerennialError {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1_000));
  return new PerennialError(
    'rate_limited',
    `Too many wrong tokens came from this address: ${points} in a minute are allowed.`,
    { hint: `Wait ${seconds} s, then send a token that is right.`, retryAfterSeconds: seconds },
  );
}

/** Somebody with an IPv6 address has 2^64 of them: they count as one. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? (address.split('::')[0] ?? '').split(':').slice(0, 4).join(':');
}
