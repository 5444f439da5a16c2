import { fullWeight, hash32, type Arm, type RoutedAbTest, type RoutingEntry } from './routing.ts';

/** Where a row goes. */
export interface Route {
  /** Of the layer that decided, 0..2^32-1: of the rollout, or of who is in the test. */
  readonly bucket: number;
  readonly arm: Arm;
  /** Place of its arm among those of the test, the control being 0; null outside of one. */
  readonly abTestArm: number | null;
}

/**
 * Which arm answers a row, sticky by `key`: its entity, or the id of its prediction. Two layers of entities that do not
 * overlap. A hash with the test's own salt takes its share of all entities, and a second one gives them to its
 * arms; all others go through shadow and canary as if there was no A/B test. `mayUseArms` is false in a process that
 * nobody may count on, and for a caller who asks for the champion: then the champion answers.
 */
export function route(
  entry: Pick<RoutingEntry, 'stage' | 'challenger' | 'challengerWeight' | 'leaseUntilMs' | 'salt' | 'abTest'>,
  key: string,
  nowMs: number,
  mayUseArms: boolean,
): Route {
  const abTest = entry.abTest ?? null;
  if (mayUseArms && abTest !== null && isLeased(abTest, nowMs)) {
    const bucket = hash32(abTest.salt, key);
    if (bucket < abTest.share) return { bucket, arm: 'ab-test', abTestArm: armAt(abTest, key) };
  }
  const bucket = hash32(entry.salt, key);
  return { bucket, arm: mayUseArms ? rolloutArm(entry, bucket, nowMs) : 'champion', abTestArm: null };
}

/** Nested: a ramp only ever adds entities. */
function rolloutArm(
  entry: Pick<RoutingEntry, 'stage' | 'challenger' | 'challengerWeight' | 'leaseUntilMs'>,
  bucket: number,
  nowMs: number,
): Arm {
  if (entry.stage !== 'canary' || entry.challenger === null || !isLeased(entry, nowMs)) return 'champion';
  return bucket < entry.challengerWeight ? 'challenger' : 'champion';
}

/** By a hash that knows nothing of the first one: which arm says nothing about who is in the test. */
function armAt({ salt, arms }: RoutedAbTest, key: string): number {
  const weights = arms.reduce((sum, { weight }) => sum + weight, 0);
  const place = (hash32(`${salt}/arm`, key) / fullWeight) * weights;
  let upTo = 0;
  const found = arms.findIndex(({ weight }) => place < (upTo += weight));
  return Math.max(0, found);
}

function isLeased({ leaseUntilMs }: { readonly leaseUntilMs: number | null }, nowMs: number): boolean {
  return leaseUntilMs !== null && nowMs <= leaseUntilMs;
}
