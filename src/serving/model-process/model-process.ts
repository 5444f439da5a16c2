import type { Signature } from '../../domain/spec/signature.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { messageOf } from '../../domain/words/reason-of.ts';
import type { Log } from '../../telemetry/log.ts';
import { startModelChild, type ChildEnd, type ChildLimits, type ModelChild } from './model-child.ts';
import type { PackedRows } from './model-messages.ts';

/** The process of one version: a child that is started again, ever more slowly, when it ends. */
export interface ModelProcess {
  /** The type of each input, as ONNX Runtime names it. */
  readonly inputTypes: ReadonlyMap<string, string>;
  /** Rejects at once with `unavailable` while there is no child that answers. */
  score(rows: PackedRows): Promise<Float64Array>;
  /** Why nothing answers now, as a sentence; null while something does. */
  whyAway(): string | null;
  /** Resident memory of the child; 0 while there is none. */
  readonly bytes: number;
  /** 0 while there is none. */
  readonly pid: number;
  /** Ends the child for good. */
  close(): Promise<void>;
}

export interface ModelProcessParts {
  readonly name: string;
  /** Asked anew at each start, so that a file that was damaged meanwhile is found. */
  readonly pathOf: () => Promise<string>;
  readonly signature: Signature;
  readonly limits: ChildLimits;
  readonly log: Log;
  readonly onEnd?: (how: ChildEnd['how']) => void;
}

/** A child that lived this long has shown that it can: its next end is answered at once. */
const healthyAfterMs = 30_000;
const backOffMs = { first: 250, max: 30_000 } as const;

/** Starts the first child. Rejects where the model cannot be loaded, or not within its memory. */
export async function startModelProcess(parts: ModelProcessParts): Promise<ModelProcess> {
  const { name, log, signature, limits } = parts;
  let child: ModelChild | null = null;
  let last: ModelChild | null = null;
  let why = '';
  let failures = 0;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  const startAt = async (path: string): Promise<ReadonlyMap<string, string>> => {
    const fresh = startModelChild(path, signature, limits);
    last = fresh;
    const startedAtMs = performance.now();
    void fresh.ended.then((end) => {
      child = null;
      failures = performance.now() - startedAtMs > healthyAfterMs ? 1 : failures + 1;
      if (!isClosed) parts.onEnd?.(end.how);
      startLater(end.why);
    });
    const inputTypes = await fresh.loaded;
    child = fresh;
    return inputTypes;
  };
  const startLater = (reason: string): void => {
    why = `${name} does not answer: ${reason}; its process is started again`;
    if (isClosed) return;
    // The first end is answered at once.
    const waitMs = failures <= 1 ? 0 : Math.min(backOffMs.max, backOffMs.first * 2 ** Math.min(failures - 2, 10));
    log.error({ version: name, reason, failures, waitMs }, 'the process of a model has ended');
    timer = setTimeout(() => void startAgain(), waitMs);
    timer.unref();
  };
  const startAgain = async (): Promise<void> => {
    const path = await parts.pathOf().catch((error: unknown) => {
      failures++;
      startLater(messageOf(error));
      return null;
    });
    if (path === null || isClosed) return;
    await startAt(path).then(
      () => log.info({ version: name }, 'the process of a model answers again'),
      // Its end has been noted.
      () => undefined,
    );
  };

  const inputTypes = await startAt(await parts.pathOf()).catch((error: unknown) => {
    isClosed = true;
    clearTimeout(timer);
    throw error;
  });
  return {
    inputTypes,
    score: (rows) => (child === null ? Promise.reject(new PerennialError('unavailable', why)) : child.score(rows)),
    whyAway: () => (child === null ? why : null),
    get bytes() {
      return child?.bytes ?? 0;
    },
    get pid() {
      return child?.pid ?? 0;
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      last?.end();
      await last?.ended;
    },
  };
}
