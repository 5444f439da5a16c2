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
  /**
   * Its rows wait until so much is stored and decided about: with answers that are corrected within a window, they
   * would else be answered by whichever correction was there in time. Absent: they follow at once.
   */
  readonly restsAt?: Played;
}

/** Rows and labels of the whole replay so far, each counted once. */
export interface Played {
  readonly rows: number;
  readonly labels: number;
}

export interface Replayer {
  /** Sends one window and returns when the platform has decided everything that follows from it. */
  play(batches: readonly ReplayBatch[], rowsThroughHere: number): Promise<SettledView>;
  settle(rowsThroughHere: number, labelsThroughHere?: number): Promise<SettledView>;
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
 * repetition changes nothing), and at the end of each window, and where a batch says so, it waits until whatever was
 * caused (a verdict, a correction, a training, a step of a rollout) has been decided.
 */
export function createReplayer(options: ReplayOptions): Replayer {
  const { model, inference, control } = options;
  const settled = (): Promise<SettledView> =>
    requestJson<SettledView>(control, 'GET', `/v1/models/${encodeURIComponent(model)}/settled`);

  async function sendLabels({ labels: all }: ReplayBatch): Promise<void> {
    for (let from = 0; from < all.length; from += labelsPerRequest) {
      const labels = all.slice(from, from + labelsPerRequest);
      await requestJson(inference, 'POST', '/v1/labels', { model, labels });
    }
  }

  async function sendRows({ rows }: ReplayBatch): Promise<void> {
    if (rows.length === 0) return;
    const startedMs = performance.now();
    await requestJson(inference, 'POST', `/v1/models/${encodeURIComponent(model)}/predict`, {
      rows: rows.map((row) => row.cells),
      predictionIds: rows.map((row) => row.predictionId),
    });
    options.onAnswer?.(rows.length, performance.now() - startedMs);
  }

  async function play(batches: readonly ReplayBatch[], rowsThroughHere: number): Promise<SettledView> {
    for (const [at, batch] of batches.entries()) {
      await sendLabels(batch);
      if (batch.restsAt !== undefined) {
        const { rows, labels } = batch.restsAt;
        await stored(batch.restsAt, () => resend(batches.slice(0, at), batch));
        await settle(rows, labels);
      }
      await sendRows(batch);
    }
    await stored({ rows: rowsThroughHere, labels: 0 }, () => resend(batches, null));
    return settle(rowsThroughHere);
  }

  /** Of the last one the labels alone: its rows have not been asked yet. */
  async function resend(whole: readonly ReplayBatch[], last: ReplayBatch | null): Promise<void> {
    for (const batch of whole) {
      await sendLabels(batch);
      await sendRows(batch);
    }
    if (last !== null) await sendLabels(last);
  }

  async function stored(played: Played, again: () => Promise<void>): Promise<void> {
    const playedMs = Date.now();
    let sentAtMs = playedMs;
    for (;;) {
      const view = await settled();
      if (view.lastSeq >= played.rows && view.labels >= played.labels) return;
      if (Date.now() - sentAtMs > resendAfterMs) {
        const rows = Math.max(0, played.rows - view.lastSeq);
        const labels = Math.max(0, played.labels - view.labels);
        options.onWait?.(`${rows} rows and ${labels} labels are missing; sending the window again`);
        await again();
        sentAtMs = Date.now();
      }
      await delay(pauseAfter(Date.now() - playedMs));
    }
  }

  async function settle(rowsThroughHere: number, labelsThroughHere = 0): Promise<SettledView> {
    const startedMs = Date.now();
    const limitMs = options.settleTimeoutMs ?? 600_000;
    let toldMs = startedMs;
    for (;;) {
      const view = await settled();
      if (view.lastSeq >= rowsThroughHere && view.labels >= labelsThroughHere && view.isSettled) return view;
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
