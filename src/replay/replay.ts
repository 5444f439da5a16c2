import { setTimeout as delay } from 'node:timers/promises';
import type { SettledView } from '../contracts/http/views.ts';
import { PerennialError } from '../domain/words/errors.ts';
import { requestJson, type Target } from './http.ts';
import { pauseAfter } from './pause.ts';

/** One row of traffic as a client sends it: flat, by column name. */
export interface ReplayRow {
  readonly predictionId: string;
  readonly cells: Readonly<Record<string, unknown>>;
}

/** By prediction id, or by the entity and the instant (ISO 8601) of its event. */
export type ReplayLabel = { readonly labelId: string; readonly label: string | number } & (
  | { readonly predictionId: string }
  | { readonly entity: string; readonly time: string }
);

/** What happens next, in order: labels that are due come before the rows that follow them. */
export interface ReplayBatch {
  readonly labels: readonly ReplayLabel[];
  readonly rows: readonly ReplayRow[];
}

export interface Replayer {
  /** Sends one window and returns when the platform has decided everything that follows from it. */
  play(batches: readonly ReplayBatch[], rowsThroughHere: number): Promise<SettledView>;
  settle(rowsThroughHere: number): Promise<SettledView>;
  readonly settled: () => Promise<SettledView>;
}

export interface ReplayOptions {
  readonly model: string;
  readonly inference: Target;
  readonly control: Target;
  /** Told how long each prediction request took. */
  readonly onAnswer?: (rows: number, tookMs: number) => void;
  /** Called while waiting for more than a second. */
  readonly onWait?: (waitingFor: string) => void;
  /** Longest wait for one window to be decided, training included. */
  readonly settleTimeoutMs?: number;
}

/** Rows that a killed process had answered but not yet written are missing after this long: they are sent again. */
const resendAfterMs = 4_000;
const labelsPerRequest = 1_000;

/**
 * Plays rows as live traffic so that the result does not depend on the machine's speed: ids come from here (so that a
 * repetition changes nothing), and at the end of each window it waits until the window is judged and whatever it caused
 * (a training, a step of a rollout) has been decided.
 */
export function createReplayer(options: ReplayOptions): Replayer {
  const { model, inference, control } = options;
  const settled = (): Promise<SettledView> =>
    requestJson<SettledView>(control, 'GET', `/v1/models/${encodeURIComponent(model)}/settled`);

  async function send(batch: ReplayBatch): Promise<void> {
    for (let from = 0; from < batch.labels.length; from += labelsPerRequest) {
      const labels = batch.labels.slice(from, from + labelsPerRequest);
      await requestJson(inference, 'POST', '/v1/labels', { model, labels });
    }
    if (batch.rows.length === 0) return;
    const startedMs = performance.now();
    await requestJson(inference, 'POST', `/v1/models/${encodeURIComponent(model)}/predict`, {
      rows: batch.rows.map((row) => row.cells),
      predictionIds: batch.rows.map((row) => row.predictionId),
    });
    options.onAnswer?.(batch.rows.length, performance.now() - startedMs);
  }

  async function play(batches: readonly ReplayBatch[], rowsThroughHere: number): Promise<SettledView> {
    for (const batch of batches) await send(batch);
    const playedMs = Date.now();
    let sentAtMs = playedMs;
    for (;;) {
      const view = await settled();
      if (view.lastSeq >= rowsThroughHere) break;
      if (Date.now() - sentAtMs > resendAfterMs) {
        options.onWait?.(`${rowsThroughHere - view.lastSeq} rows are missing; sending the window again`);
        for (const batch of batches) await send(batch);
        sentAtMs = Date.now();
      }
      await delay(pauseAfter(Date.now() - playedMs));
    }
    return settle(rowsThroughHere);
  }

  async function settle(rowsThroughHere: number): Promise<SettledView> {
    const startedMs = Date.now();
    const limitMs = options.settleTimeoutMs ?? 600_000;
    let toldMs = startedMs;
    for (;;) {
      const view = await settled();
      if (view.lastSeq >= rowsThroughHere && view.isSettled) return view;
      const nowMs = Date.now();
      if (nowMs - startedMs > limitMs) {
        throw new PerennialError(
          'timeout',
          `after ${Math.round(limitMs / 1_000)} s ${model} still waits for ${view.waitsFor ?? 'rows'}.`,
          { hint: 'Look at the worker log and the Temporal Web UI.' },
        );
      }
      if (nowMs - toldMs > 1_000) {
        options.onWait?.(view.waitsFor ?? 'rows');
        toldMs = nowMs;
      }
      await delay(pauseAfter(nowMs - startedMs));
    }
  }

  return { play, settle, settled };
}
