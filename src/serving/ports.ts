import type { SpoolRecord } from '../domain/record/records.ts';
import type { RoutingEntry } from '../domain/rollout/routing.ts';
import type { ModelSpec } from '../domain/spec/spec.ts';

/**
 * What serving needs to know and to say about routing; implemented over Postgres in
 * `src/db/routing/routing-source.ts`.
 */
export interface RoutingSource {
  /** Every model's entry; `leaseUntilMs` is on this process's clock. Rejects while the database is away. */
  read(): Promise<readonly RoutedEntry[]>;
  /** Throws `model_not_found` for a revision that was never applied. */
  spec(model: string, revision: number): Promise<ModelSpec>;
  /** Digest of the reference profile of a version; null for an unknown version. */
  profileDigest(model: string, version: number): Promise<string | null>;
  /**
   * Calls back whenever `read` may answer differently (a notification, or the poll that backs it up). Returns the stop.
   */
  onChange(listener: () => void): () => void;
  acknowledge(processId: string, acks: readonly Acknowledgement[]): Promise<void>;
  /** The process counts as serving until now + `leaseMs`. */
  renewMembership(processId: string, leaseMs: number): Promise<void>;
  leave(processId: string): Promise<void>;
  close(): Promise<void>;
}

/** An entry as it was read, with the digest that tells it from another of the same revision. */
export type RoutedEntry = RoutingEntry & { readonly digest?: string | null };

export interface Acknowledgement {
  readonly model: string;
  readonly revision: number;
  readonly digest?: string | null;
}

/** The records of one spool file; the id makes storing it twice harmless. */
export interface Segment {
  readonly segmentId: string;
  readonly processId: string;
  readonly records: readonly SpoolRecord[];
}

export interface SegmentSink {
  /** Resolves after the commit. A rejection with `invalid_data` is never retried; every other one is. */
  store(segment: Segment): Promise<'stored' | 'already'>;
}

export type Access = 'allowed' | 'unauthenticated' | 'forbidden';

/**
 * `authorise` throws `rate_limited` when the address (null: unknown, not counted) has sent too many tokens that are
 * none.
 */
export interface TokenSource {
  /**
   * `secretHash` is the SHA-256 of the bearer secret in hex; `model` null asks whether the token is valid for anything.
   */
  authorise(
    secretHash: string,
    model: string | null,
    permission: 'predict' | 'read',
    address?: string | null,
  ): Promise<Access>;
}

/** Where the bytes of a digest are, verified against it; implemented by the artifact store. */
export interface ArtifactPaths {
  checkedPathOf(digest: string): Promise<string>;
}
