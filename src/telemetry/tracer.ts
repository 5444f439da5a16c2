export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface Span {
  set(attributes: Attributes): void;
  /** Marks it as failed; `code` is one of the closed list. */
  fail(code: string, message: string): void;
}

/** Traces, when an endpoint for them is configured; nobody imports OpenTelemetry otherwise. */
export interface Tracer {
  /** Runs `work` as the answer to a request, in the trace that its `traceparent` names. */
  request<T>(
    name: string,
    attributes: Attributes,
    header: (name: string) => string | undefined,
    work: (span: Span) => Promise<T>,
  ): Promise<T>;
  /** Runs `work` as a part of what is under way. */
  part<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T>;
  /** Sends what is waiting, for at most a few seconds. */
  stop(): Promise<void>;
}

const silent: Span = { set: () => undefined, fail: () => undefined };
let current: Tracer | null = null;

/**
 * The tracer of this process, for parts that are far from where requests come in. Set once, when the process starts.
 */
export function useTracer(tracer: Tracer): void {
  current = tracer;
}

/** Runs `work` as a span of the process's tracer; without one, runs it. */
export function traced<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T> {
  return current === null ? work(silent) : current.part(name, attributes, work);
}
