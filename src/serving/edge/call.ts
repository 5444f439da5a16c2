import type { Span } from '../../telemetry/tracer.ts';

/** One request as a door hands it on. Nothing in here says by which way it came. */
export interface Call {
  readonly requestId: string;
  /** `performance.now()` when it came in. */
  readonly startedAtMs: number;
  /** `Bearer <token>`, as the caller sent it. */
  readonly authorization: string | undefined;
  /** Who sent it, for the limit on wrong tokens; null where the door does not know. */
  readonly address: string | null;
  /** Absent without tracing. */
  readonly span?: Span | undefined;
}

/**
 * The body, parsed. It is asked for only when the caller has been let in: a stranger must not make this process parse
 * megabytes.
 */
export type ReadBody = () => Promise<unknown>;
