import { spawn, type ChildProcess } from 'node:child_process';
import { rootDir } from '../../config.ts';
import { sayMebibytes, type ModelProcessSpec } from '../../domain/spec/parts/model-process.ts';
import type { Signature } from '../../domain/spec/signature.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { startArguments } from '../../entry-point.ts';
import { deferred, type Deferred } from './deferred.ts';
import {
  memoryWord,
  type CallBlock,
  type FromModel,
  type PackedRows,
  type TimedCalls,
  type ToModel,
} from './model-messages.ts';

export type ChildLimits = Omit<ModelProcessSpec, 'process'> & {
  /** Loads the file as one is that shares its process. */
  readonly shouldKeepMemory?: boolean;
};

export interface ChildEnd {
  /** What ended it: `stopped` is our own word. */
  readonly how: 'memory' | 'timeout' | 'refused' | 'crashed' | 'stopped';
  /** A part of a sentence: `it held more than 512 MiB of memory`. */
  readonly why: string;
}

/** One child process with one model in it, from its start to its end. */
export interface ModelChild {
  readonly pid: number;
  /** Resolves with the type of each input once it answers; rejects where it ends before. */
  readonly loaded: Promise<ReadonlyMap<string, string>>;
  /** Rejects with `unsupported` where the model fails on these rows, and with `unavailable` when the child ends. */
  score(rows: PackedRows): Promise<Float64Array>;
  /** Makes calls in the child and says what they took there, without the way to it. Rejects as `score`. */
  time(rows: PackedRows, block: CallBlock): Promise<TimedCalls>;
  readonly ended: Promise<ChildEnd>;
  /** Resident memory, as it was last told. */
  readonly bytes: number;
  /** What it held before the model was loaded. */
  readonly idleBytes: number;
  /** The most that it ever held. */
  peakBytes(): Promise<number>;
  end(): void;
}

/** As for an inference process, which loads the same files. */
const loadTimeoutMs = 120_000;

/** Starts a child for the file at `path`. A load or a run beyond its time ends it. */
export function startModelChild(path: string, signature: Signature, limits: ChildLimits): ModelChild {
  const child = spawn(process.execPath, startArguments('main-model'), {
    cwd: rootDir,
    env: {},
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
    serialization: 'advanced',
  });
  const loaded = deferred<ReadonlyMap<string, string>>();
  loaded.promise.catch(() => undefined);
  const ended = deferred<ChildEnd>();
  const runs = new Map<number, Deferred<Float64Array>>();
  const timings = new Map<number, Deferred<TimedCalls>>();
  const memory = { bytes: 0, idleBytes: 0 };
  let measuring: Deferred<number> | null = null;
  let lastId = 0;
  let end: ChildEnd | null = null;
  let isGone = false;

  const askedBy = (id: number) => runs.get(id) ?? timings.get(id);
  const endFor = (how: ChildEnd['how'], why: string): void => {
    end ??= { how, why };
    child.kill('SIGKILL');
  };
  const loading = setTimeout(() => endFor('timeout', `it took more than ${loadTimeoutMs} ms to load`), loadTimeoutMs);
  child.stdout?.on('data', (said: Buffer) => {
    if (said.toString().includes(memoryWord))
      end ??= { how: 'memory', why: `it held more than ${sayMebibytes(limits.memoryBytesMax)} of memory` };
  });
  child.on('message', (message: FromModel) => {
    if (message.say === 'memory') memory.bytes = message.bytes;
    else if (message.say === 'measured') measuring?.resolve(message.peakBytes);
    else if (message.say === 'refused') endFor('refused', message.reason);
    else if (message.say === 'loaded') {
      clearTimeout(loading);
      memory.idleBytes = message.idleBytes;
      loaded.resolve(message.inputTypes);
    } else if (message.say === 'scored') runs.get(message.id)?.resolve(message.scores);
    else if (message.say === 'called') timings.get(message.id)?.resolve(message.timed);
    else askedBy(message.id)?.reject(new PerennialError('unsupported', message.reason));
  });
  whenGone(child, (how) => {
    clearTimeout(loading);
    isGone = true;
    end ??= { how: 'crashed', why: `it ended (${how})` };
    const error = new PerennialError('unavailable', `The process of the model has ended: ${end.why}.`);
    // First of all, so that whoever is told of a failed run finds the child gone.
    ended.resolve(end);
    loaded.reject(error);
    measuring?.reject(error);
    for (const asked of [...runs.values(), ...timings.values()]) asked.reject(error);
  });
  const ask = <T>(
    waiting: Map<number, Deferred<T>>,
    timeoutMs: number,
    messageOf: (id: number) => ToModel,
  ): Promise<T> => {
    if (isGone) return Promise.reject(new PerennialError('unavailable', 'The process of the model has ended.'));
    const id = ++lastId;
    const asked = deferred<T>();
    waiting.set(id, asked);
    const timer = setTimeout(() => endFor('timeout', `a run took more than ${timeoutMs} ms`), timeoutMs);
    tell(child, messageOf(id));
    return asked.promise.finally(() => {
      clearTimeout(timer);
      waiting.delete(id);
    });
  };
  const { memoryBytesMax, shouldKeepMemory = false } = limits;
  tell(child, { say: 'load', path, signature, memoryBytesMax, shouldKeepMemory });
  return {
    pid: child.pid ?? 0,
    loaded: loaded.promise,
    ended: ended.promise,
    get bytes() {
      return memory.bytes;
    },
    get idleBytes() {
      return memory.idleBytes;
    },
    async peakBytes() {
      if (isGone) throw new PerennialError('unavailable', 'The process of the model has ended.');
      measuring = deferred<number>();
      tell(child, { say: 'measure' });
      return measuring.promise;
    },
    score: (rows) => ask(runs, limits.timeoutMs, (id) => ({ say: 'score', id, ...rows })),
    // A call that was begun in time may take its own.
    time: (rows, block) => ask(timings, block.msMax + limits.timeoutMs, (id) => ({ say: 'call', id, block, ...rows })),
    end: () => endFor('stopped', 'it was stopped'),
  };
}

/** Once, when the process is gone and its last words have been read, or when it could not be started. */
function whenGone(child: ChildProcess, then: (how: string) => void): void {
  let hasHappened = false;
  const once = (how: string): void => {
    if (!hasHappened) then(how);
    hasHappened = true;
  };
  child.once('error', () => {
    if (child.pid === undefined) once('it could not be started');
  });
  child.once('close', (code, signal) => once(signal ?? `code ${code}`));
}

/** The channel may close at any moment; the end of the child is then noticed by itself. */
function tell(child: ChildProcess, message: ToModel): void {
  if (child.connected) child.send(message, () => undefined);
}
