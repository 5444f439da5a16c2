import { fromPrimaryKinds, isMessage, type FromPrimary, type FromWorker } from './cluster-messages.ts';
import type { InferenceProcess, InferenceProcessParts } from '../inference-process.ts';
import { startInferenceProcess } from '../inference-process.ts';
import type { Log } from '../../telemetry/log.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';

export type PartsFor = (start: {
  readonly processId: string;
  readonly excluded: ReadonlySet<string>;
  readonly onLoading: (key: string) => void;
}) => InferenceProcessParts;

export interface ClusterWorkerParts {
  readonly log: Log;
  readonly partsFor: PartsFor;
  /** Does ahead of need what the first load would cost, as far as that is possible just now. */
  readonly warm: () => Promise<void>;
  readonly onEnd: () => Promise<void>;
}

/**
 * Runs a worker: told by the primary who it is, it starts, serves, and ends when it is retired or the primary is gone.
 */
export function runClusterWorker({ log, partsFor, warm, onEnd }: ClusterWorkerParts): void {
  // A signal to the whole group is the primary's to handle: it lets workers drain.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  let inference: InferenceProcess | undefined;
  let hasStarted = false;
  // When the channel breaks, node:cluster ends the process by itself; what was answered must be on disk before.
  process.once('exit', () => inference?.flushSync());
  process.on('message', (message: unknown) => {
    if (!isMessage<FromPrimary>(message, fromPrimaryKinds)) return;
    if (message.say === 'start' && !hasStarted) {
      hasStarted = true;
      void start(message.processId, new Set(message.excluded));
    }
    // One that is not warm only starts more slowly.
    if (message.say === 'warm') void warm().catch(() => undefined);
    if (message.say === 'ping') tell({ say: 'pong' });
    if (message.say === 'retire') void retire(message.graceMs);
  });

  const start = async (processId: string, excluded: ReadonlySet<string>): Promise<void> => {
    try {
      inference = await startInferenceProcess(
        partsFor({ processId, excluded, onLoading: (key) => tell({ say: 'loading', key }) }),
      );
      tell({ say: 'ready', port: inference.port, loaded: inference.loaded, failed: inference.failed });
    } catch (error) {
      tell({ say: 'unable', reason: reasonOf(error) });
      log.error({ reason: reasonOf(error) }, 'the inference process cannot start');
      process.exitCode = 1;
      await onEnd().catch(() => undefined);
      process.disconnect();
    }
  };
  const retire = async (graceMs: number): Promise<void> => {
    try {
      await inference?.stop(graceMs);
      await onEnd();
    } catch (error) {
      log.error({ reason: reasonOf(error) }, 'the inference process did not end cleanly');
    }
    process.exit(0);
  };
  tell({ say: 'hello' });
}

function tell(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}
