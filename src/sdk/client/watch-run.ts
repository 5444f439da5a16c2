import { isObject, unknownAnswer } from './answer-error.ts';
import { isPerennialClientError, PerennialClientError } from './client-error.ts';
import type { CommandReceipt, ModelDecision, RunDetail } from './client-views.ts';
import { send, type Door } from './send.ts';
import { wait } from './wait.ts';
import { formatOccasion } from '../../domain/record/occasion.ts';

export interface WatchOptions {
  readonly signal?: AbortSignal | undefined;
  /** Longest time to watch (24 hours); then it fails with `timeout`, and the run goes on. */
  readonly timeoutMs?: number | undefined;
}

const watchMsMax = 24 * 3_600_000;
const firstPauseMs = 250;
const pauseMsMax = 5_000;
/** A command is decided at once, but the row of its run may come a moment later than its decision. */
const beginMsMax = 60_000;
/** The decision about a command that was just sent is among the latest. */
const decisionsRead = 50;

/** Each state of a run, from now until it has ended; equal states come once. Polls, less and less often. */
export async function* watchRun(
  door: Door,
  runId: string,
  options: WatchOptions = {},
): AsyncGenerator<RunDetail, void, undefined> {
  const begunMs = performance.now();
  let pauseMs = firstPauseMs;
  let last = '';
  for (;;) {
    refuseLate(runId, begunMs, options.timeoutMs ?? watchMsMax);
    // oxlint-disable-next-line no-await-in-loop -- states follow each other
    const run = await readRun(door, runId, options.signal, last === '' && performance.now() - begunMs < beginMsMax);
    const state = run === null ? '' : `${run.status} ${run.detail ?? ''} ${run.endedAt ?? ''}`;
    if (run !== null && state !== last) {
      yield run;
      if (run.status !== 'running') return;
      last = state;
      pauseMs = firstPauseMs;
    }
    // oxlint-disable-next-line no-await-in-loop -- a pause between two polls
    await wait(pauseMs, options.signal);
    pauseMs = Math.min(pauseMsMax, pauseMs * 1.5);
  }
}

/** The run that a `retrain` led to. Throws `conflict` with the reason when the model decided not to train. */
export async function runOfCommand(door: Door, receipt: CommandReceipt, options: WatchOptions = {}): Promise<string> {
  const begunMs = performance.now();
  const path = `/v1/models/${encodeURIComponent(receipt.model)}/history?limit=${decisionsRead}`;
  const key = formatOccasion({ of: 'command', commandId: receipt.commandId });
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMsMax, pauseMs * 1.5)) {
    // oxlint-disable-next-line no-await-in-loop -- one look after the other
    const decision = decisionsOf(await send(door, { method: 'GET', path }, options), path).find(
      (row) => row.key === key,
    );
    if (decision !== undefined && decision.runId !== null) return decision.runId;
    if (decision !== undefined) throw refused(receipt, decision.reason);
    refuseLate(key, begunMs, Math.min(options.timeoutMs ?? watchMsMax, beginMsMax));
    // oxlint-disable-next-line no-await-in-loop -- a pause between two looks
    await wait(pauseMs, options.signal);
  }
}

async function readRun(
  door: Door,
  runId: string,
  signal: AbortSignal | undefined,
  mayBeMissing: boolean,
): Promise<RunDetail | null> {
  const path = `/v1/runs/${encodeURIComponent(runId)}`;
  try {
    const body = await send(door, { method: 'GET', path }, { signal });
    if (isRun(body)) return body;
    throw unknownAnswer(`GET ${path}`, 200);
  } catch (error) {
    if (mayBeMissing && isPerennialClientError(error) && error.status === 404) return null;
    throw error;
  }
}

function isRun(body: unknown): body is RunDetail {
  return isObject(body) && typeof body['runId'] === 'string' && typeof body['status'] === 'string';
}

function decisionsOf(body: unknown, path: string): readonly ModelDecision[] {
  const decisions: unknown = isObject(body) ? body['decisions'] : null;
  if (!isDecisions(decisions)) throw unknownAnswer(`GET ${path}`, 200);
  return decisions;
}

function isDecisions(value: unknown): value is readonly ModelDecision[] {
  return Array.isArray(value) && value.every((row) => isObject(row) && typeof row['key'] === 'string');
}

function refuseLate(what: string, begunMs: number, limitMs: number): void {
  if (performance.now() - begunMs <= limitMs) return;
  throw new PerennialClientError({
    code: 'timeout',
    message: `${what} had not come to its end after ${Math.round(limitMs / 1_000)} s.`,
    hint: 'It goes on by itself; watch it again, or look at it in the Temporal Web UI.',
    retryable: true,
    status: 0,
  });
}

function refused({ model, commandId }: CommandReceipt, reason: string): PerennialClientError {
  return new PerennialClientError({
    code: 'conflict',
    message: `${model} did not train on command ${commandId}: ${reason}`,
    hint: 'Read the current state with status() and decide again.',
    retryable: false,
    status: 0,
  });
}
