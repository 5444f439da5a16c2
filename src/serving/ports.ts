import type { SpoolRecord } from '../domain/record/records.ts';
import type { RoutingEntry } from '../domain/rollout/routing.ts';
import type { ModelSpec } from '../domain/spec/spec.ts';
import type { LookSample } from '../domain/view/look-sample.ts';
import type { ViewSpec } from '../domain/view/view-spec.ts';
import type { EntityState } from '../views/online/entity-state.ts';

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

/** Rows of one request to push them, as they lie in the spool. */
export interface PushedRequest {
  /** SHA-256 of model and idempotency key. */
  readonly keyHash: string;
  /** SHA-256 of the lines. */
  readonly bodyDigest: string;
  /** What was answered, in the short form that is kept. */
  readonly answer: KeptAnswer;
  readonly receivedAtMs: number;
  readonly rows: number;
  /** NDJSON: one object per line, as it came, the last line ended too. */
  readonly lines: Buffer;
}

/** What was said of pushed rows; those that are not named were accepted. */
export interface KeptAnswer {
  readonly [member: string]: unknown;
  readonly specRevision: number;
  readonly rows: number;
  /** Place in the request from 0, and the rules that it breaks. */
  readonly setAside: readonly (readonly [row: number, rules: readonly string[]])[];
}

/** `already` was stored before; `conflict` has the key of another request with other rows, and is not stored. */
export type PushEnd = 'stored' | 'already' | 'conflict';

export interface PushSink {
  /**
   * Stores requests of one model in their order, all in one transaction, and answers in the same order what became of
   * each. A rejection with `invalid_data` is never retried as it is; every other one is.
   */
  store(model: string, requests: readonly PushedRequest[]): Promise<readonly PushEnd[]>;
}

export interface PushKeys {
  /** The stored request of a key; null when there is none. Rejects while the database is away. */
  find(
    model: string,
    keyHash: string,
  ): Promise<{ readonly bodyDigest: string; readonly answer: Readonly<Record<string, unknown>> } | null>;
}

/** A view as it is declared now. */
export interface CurrentView {
  readonly revision: number;
  readonly spec: ViewSpec;
}

export interface PushViews {
  /** Null where there is no view of this name. Rejects while the database is away. */
  current(view: string): Promise<CurrentView | null>;
}

/** What a process that takes pushed rows asks the database. */
export interface PushPorts {
  readonly keys: PushKeys;
  readonly views: PushViews;
}

/** Which entity of which revision of a view is asked for. */
export interface ViewAsk {
  readonly view: string;
  readonly digest: string;
  /** As `entityKeyOf` writes it. */
  readonly entity: string;
}

/** How far the store of a revision is. */
export interface ViewHead {
  readonly view: string;
  readonly digest: string;
  /** Grows whenever what is read may have changed. */
  readonly sequence: number;
}

/** What the store says of one entity. */
export interface StoredEntity {
  /** Null: no row is about it. */
  readonly state: EntityState | null;
  readonly sequence: number;
  readonly snapshot: string | null;
  readonly isBuilding: boolean;
  /** Characters of what its windows and rows to come hold, as JSON: what remembering it costs. */
  readonly heldChars: number;
}

/** The values of views, by entity; implemented over Postgres in `src/db/feature-views/online-source.ts`. */
export interface ViewStore {
  /** In the order of the asks; null where nothing is stored of the revision. One query, whatever the number of asks. */
  read(asks: readonly ViewAsk[]): Promise<readonly (StoredEntity | null)[]>;
  /** The definition of a revision. Throws `not_found`. */
  view(view: string, digest: string): Promise<ViewSpec>;
  /** Of these revisions; those that have no store are left out. */
  heads(revisions: readonly Pick<ViewHead, 'view' | 'digest'>[]): Promise<readonly ViewHead[]>;
  /** Calls back with what changed, or with null when anything may have. Returns the stop. */
  onChange(listener: (head: ViewHead | null) => void): () => void;
  /** Keeps what was served, to be computed anew. */
  keep(samples: readonly ViewSampled[]): Promise<void>;
}

export interface ViewSampled {
  readonly model: string;
  readonly view: string;
  readonly digest: string;
  readonly look: LookSample;
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
    permission: 'predict' | 'read' | 'rows:write',
    address?: string | null,
  ): Promise<Access>;
}

/** Where the bytes of a digest are, verified against it; implemented by the artifact store. */
export interface ArtifactPaths {
  checkedPathOf(digest: string): Promise<string>;
}
