import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { PerennialError } from '../../domain/words/errors.ts';
import type { GuardedProcess } from '../process/guarded-process.ts';
import { lastLines } from '../process/run-command.ts';

export interface TemporalReadyOptions {
  readonly address: string;
  readonly uiPort: number;
  readonly namespace: string;
  readonly engine: GuardedProcess;
  readonly logFile: string;
  readonly onProgress?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const readyLimitMs = 90_000;
const callLimitMs = 5_000;
/**
 * The development server keeps closed runs for 24 h unless told otherwise: too short to explain last week's decision.
 */
const retentionDays = 30;

/** Waits until the namespace answers over gRPC and the Web UI over TCP; fails at once when the process has ended. */
export async function waitForTemporal(options: TemporalReadyOptions): Promise<void> {
  const start = performance.now();
  const port = Number(options.address.slice(options.address.lastIndexOf(':') + 1));
  let reason = 'nothing listens yet';
  let toldAt = start;
  while (performance.now() - start < readyLimitMs) {
    if (options.signal?.aborted === true) throw await refusal(options, 'it was stopped');
    if (options.engine.hasExited()) throw await refusal(options, 'it ended');
    // TCP first: a gRPC channel that was refused once waits a second before it tries again.
    if ((await isAccepting(port)) && (await isAccepting(options.uiPort))) {
      try {
        await keepRuns(options.address, options.namespace);
        return;
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
      }
    }
    if (performance.now() - toldAt > 2_000) {
      toldAt = performance.now();
      options.onProgress?.(`waiting for Temporal, ${Math.round((toldAt - start) / 1_000)} s: ${reason}`);
    }
    await sleep(50);
  }
  throw await refusal(options, `not ready after ${readyLimitMs / 1_000} s, ${reason}`);
}

/** The first call of any client: it fails until the namespace is there, and sets how long closed runs are kept. */
async function keepRuns(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: callLimitMs });
  try {
    await connection.withDeadline(Date.now() + callLimitMs, async () => {
      const { config } = await connection.workflowService.describeNamespace({ namespace });
      const wantedSeconds = retentionDays * 86_400;
      if (Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) >= wantedSeconds) return;
      await connection.workflowService.updateNamespace({
        namespace,
        config: { workflowExecutionRetentionTtl: msToTs(wantedSeconds * 1_000) },
      });
    });
  } finally {
    await connection.close();
  }
}

function isAccepting(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 });
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}

async function refusal({ logFile }: TemporalReadyOptions, reason: string): Promise<PerennialError> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  return new PerennialError(
    'unavailable',
    `Embedded Temporal did not start: ${reason}. Its log ${logFile} ends: ${lastLines(log)}`,
    { path: logFile },
  );
}
