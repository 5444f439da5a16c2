import type { RolloutKey } from '../words/ids.ts';

/** One version as it answers: its artifact plus a correction (identity until corrections are fitted). */
export interface RoutedVersion {
  readonly version: number;
  /** SHA-256 of the ONNX file. */
  readonly modelDigest: string;
  /** SHA-256 of the reference profile that its counters are binned by. */
  readonly profileDigest: string;
  /** Digest of the correction; `identity` when none. */
  readonly correction: string;
  /** Positive when P(positive) >= threshold; null for multiclass (argmax) and regression. */
  readonly threshold: number | null;
  /** The spec revision whose features it takes. */
  readonly specRevision: number;
  /** A person put its correction back: the watch leaves it alone until they let go. Absent: nobody holds it. */
  readonly isCorrectionHeld?: boolean;
}

export const stages = ['empty', 'steady', 'shadow', 'canary'] as const;
export type Stage = (typeof stages)[number];

/**
 * `fallback`: no version answered, but what the definition says for that case; such rows have version 0. `ab-test`:
 * the row belongs to an A/B test, whichever of its arms answered, and to no other evidence.
 */
export const arms = ['champion', 'challenger', 'fallback', 'ab-test'] as const;
export type Arm = (typeof arms)[number];

/** `held`: it waits for a person. */
export const openRolloutStatuses = ['active', 'held'] as const;
export type OpenRolloutStatus = (typeof openRolloutStatuses)[number];
export const endedRolloutStatuses = ['promoted', 'rolled-back'] as const;
export type EndedRolloutStatus = (typeof endedRolloutStatuses)[number];
export const rolloutStatuses = [...openRolloutStatuses, ...endedRolloutStatuses] as const;
export type RolloutStatus = (typeof rolloutStatuses)[number];

/** What stops a challenger that does harm; where several do, the first of these is said. */
export const stopRules = ['assignment', 'evidence', 'breaker', 'excess'] as const;
export type StopRule = (typeof stopRules)[number];

export function isOpenRollout(status: RolloutStatus): status is OpenRolloutStatus {
  return openRolloutStatuses.some((open) => open === status);
}

/** The version of rows that the fallback answered: no version has this number, they begin at 1. */
export const fallbackVersion = 0;

/** One arm of an A/B test; the first is the control. */
export interface AbTestArm {
  /** `control`, or the version as people write it: `v7`. */
  readonly name: string;
  /** As it was when the test began, its correction included. */
  readonly version: RoutedVersion;
  /** Share of the test's entities, relative to the other arms; a positive integer. */
  readonly weight: number;
  /** It did harm: control answers its entities from now on. */
  readonly isStopped: boolean;
}

/** An A/B test as processes know it. */
export interface RoutedAbTest {
  readonly number: number;
  /** Of its own: who is in it has nothing to do with who goes first in a rollout. */
  readonly salt: string;
  /** Share of all entities that are in it, as an integer of 2^32. */
  readonly share: number;
  readonly arms: readonly AbTestArm[];
  /** A process that sees no renewal by then answers as if there was no A/B test. */
  readonly leaseUntilMs: number | null;
}

/** One row per model; every change raises `revision`. Processes hold a copy. */
export interface RoutingEntry {
  readonly model: string;
  readonly revision: number;
  /** The latest applied spec revision: requests are validated against it and logged in its signature order. */
  readonly specRevision: number;
  readonly champion: RoutedVersion | null;
  readonly challenger: RoutedVersion | null;
  readonly stage: Stage;
  readonly rollout: RolloutKey | null;
  /** Share of entities answered by the challenger, as an integer of 2^32 (0 in shadow). */
  readonly challengerWeight: number;
  /** Fresh for every rollout, so that it is not always the same customers who go first. */
  readonly salt: string;
  /** A process that sees no renewal by then gives the share back to the champion; null without a challenger. */
  readonly leaseUntilMs: number | null;
  /** Absent in entries of earlier releases. */
  readonly abTest?: RoutedAbTest | null;
}

export const fullWeight = 4_294_967_296;

export function weightOfPercent(percent: number): number {
  return Math.round((percent / 100) * fullWeight);
}

/** Murmur3 x86 32-bit (Appleby, public domain) over the UTF-8 bytes of `salt`, NUL, `key`: an integer in 0..2^32-1. */
export function hash32(salt: string, key: string): number {
  const bytes = utf8(`${salt}\u0000${key}`);
  let h = 0;
  const blocks = bytes.length & ~3;
  for (let i = 0; i < blocks; i += 4) {
    const k = byte(bytes, i) | (byte(bytes, i + 1) << 8) | (byte(bytes, i + 2) << 16) | (byte(bytes, i + 3) << 24) | 0;
    h = Math.imul(rotl(h ^ mix(k), 13), 5) + 0xe6546b64;
  }
  let tail = 0;
  for (let i = bytes.length - 1; i >= blocks; i--) tail = (tail << 8) | byte(bytes, i);
  if (bytes.length > blocks) h ^= mix(tail);
  h ^= bytes.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function mix(k: number): number {
  return Math.imul(rotl(Math.imul(k, 0xcc9e2d51), 15), 0x1b873593);
}

function rotl(x: number, r: number): number {
  return (x << r) | (x >>> (32 - r));
}

function byte(bytes: readonly number[], index: number): number {
  return bytes[index] ?? 0;
}

/**
 * TextEncoder does not exist in the workflow sandbox, so the encoding is spelled out. Lone surrogates become U+FFFD.
 */
function utf8(text: string): readonly number[] {
  const out: number[] = [];
  for (const char of text) {
    let point = char.codePointAt(0) ?? 0xfffd;
    if (point >= 0xd800 && point <= 0xdfff) point = 0xfffd;
    if (point < 0x80) out.push(point);
    else if (point < 0x800) out.push(0xc0 | (point >> 6), 0x80 | (point & 63));
    else if (point < 0x10000) out.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    else out.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
  }
  return out;
}
