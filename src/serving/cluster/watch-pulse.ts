import type { Worker } from 'node:cluster';
import { fromWorkerKinds, isMessage, type FromPrimary, type FromWorker } from './cluster-messages.ts';

/** How often a worker is asked for a sign of life, and how often in a row it may owe one. */
export interface PulseLimits {
  readonly everyMs: number;
  readonly unansweredMax: number;
}

/** A run of 256 rows takes milliseconds, so ten seconds of silence are a model that holds the process up for good. */
export const pulseLimits: PulseLimits = { everyMs: 1_000, unansweredMax: 10 };

export interface Pulse {
  stop(): void;
}

/** Asks a worker that has greeted over its channel, and kills it when it gives no sign of life. */
export function watchWorker(worker: Worker, onSilent: () => void = () => undefined): Pulse {
  const ping: FromPrimary = { say: 'ping' };
  const pulse = watchPulse(
    pulseLimits,
    () => worker.isConnected() && worker.send(ping, () => undefined),
    () => {
      onSilent();
      worker.process.kill('SIGKILL');
    },
  );
  const hear = (message: unknown): void => {
    if (isMessage<FromWorker>(message, fromWorkerKinds) && message.say === 'pong') pulse.answered();
  };
  worker.on('message', hear);
  return {
    stop() {
      worker.off('message', hear);
      pulse.stop();
    },
  };
}

/**
 * Asks until it is stopped, and calls `onSilent` once when too many questions in a row had no answer. Questions are
 * counted, not time: after a sleep of the whole machine the first one is still to be answered.
 */
function watchPulse(limits: PulseLimits, ask: () => void, onSilent: () => void): Pulse & { answered(): void } {
  let unanswered = 0;
  const timer = setInterval(() => {
    if (unanswered >= limits.unansweredMax) {
      clearInterval(timer);
      onSilent();
      return;
    }
    unanswered += 1;
    ask();
  }, limits.everyMs);
  timer.unref();
  return {
    answered() {
      unanswered = 0;
    },
    stop: () => clearInterval(timer),
  };
}
