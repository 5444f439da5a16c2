import type { Worker } from 'node:cluster';
import { fromWorkerKinds, isMessage, type FromPrimary, type FromWorker } from './cluster-messages.ts';
import { watchWorker, type Pulse } from './watch-pulse.ts';

/** A forked process; `hasGreeted` when it has loaded its code and has said so already. */
export interface Forked {
  readonly worker: Worker;
  readonly hasGreeted: boolean;
}

/**
 * One process ahead of need: it has loaded its code and waits to be told who it is. It is asked for signs of life, so
 * that nobody is handed one that has hung meanwhile.
 */
export interface SpareWorker {
  /** Forks the spare, unless there is one or the last one died a moment ago. */
  prepare(): void;
  /** The spare, or a fresh process when there is none. */
  take(): Forked;
  /** Ends the spare; none is made any more. */
  dismiss(): void;
}

interface Waiting extends Forked {
  hasGreeted: boolean;
  pulse: Pulse | null;
}

/** A spare that ended by itself will probably do so again: not in a loop. */
const pauseAfterDeathMs = 30_000;

/**
 * Starting Node and loading the code is most of what an exchange of processes costs (0.6 s of CPU, during which a
 * rollout waits): the spare has it behind it, and the first session of its runtime. Holds no model.
 */
export function createSpareWorker(fork: () => Worker): SpareWorker {
  let spare: Waiting | null = null;
  let isDismissed = false;
  let notBeforeMs = 0;

  return {
    prepare() {
      if (isDismissed || spare !== null || Date.now() < notBeforeMs) return;
      const mine: Waiting = { worker: fork(), hasGreeted: false, pulse: null };
      spare = mine;
      mine.worker.on('message', (message: unknown) => {
        if (!isMessage<FromWorker>(message, fromWorkerKinds) || message.say !== 'hello') return;
        mine.hasGreeted = true;
        if (spare !== mine) return;
        mine.worker.send({ say: 'warm' } satisfies FromPrimary, () => undefined);
        mine.pulse = watchWorker(mine.worker);
      });
      mine.worker.on('error', () => undefined);
      mine.worker.once('exit', () => {
        mine.pulse?.stop();
        if (spare !== mine) return;
        spare = null;
        notBeforeMs = Date.now() + pauseAfterDeathMs;
      });
    },
    take() {
      const mine = spare;
      spare = null;
      mine?.pulse?.stop();
      return mine !== null && mine.worker.isConnected() ? mine : { worker: fork(), hasGreeted: false };
    },
    dismiss() {
      isDismissed = true;
      spare?.pulse?.stop();
      spare?.worker.process.kill('SIGKILL');
      spare = null;
    },
  };
}
