import { servedRowsPerRunMax } from '../../domain/spec/parts/model-process.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { EncodedRow } from '../../domain/spec/signature.ts';
import type { Scorer } from './session.ts';

export type RowScores = readonly number[] | null;

/** Rows of all requests that arrive in one turn of the event loop, scored in one run. */
export interface Batcher {
  /** One entry per row; null for a row that the version failed on. Throws `overloaded` when the queue is full. */
  submit(rows: readonly EncodedRow[]): Promise<readonly RowScores[]>;
  readonly queuedRows: number;
  /** Resolves when nothing is queued or running. */
  idle(): Promise<void>;
}

export interface BatcherOptions {
  /** A run blocks the loop; beyond this many rows the gain is gone and the pause is felt. */
  readonly rowsPerRunMax?: number;
  readonly queuedRowsMax?: number;
  readonly onError?: (error: unknown) => void;
}

interface Job {
  readonly rows: readonly EncodedRow[];
  readonly scores: RowScores[];
  next: number;
  left: number;
  readonly done: (scores: readonly RowScores[]) => void;
}

interface Cell {
  readonly job: Job;
  readonly index: number;
  readonly row: EncodedRow;
}

/**
 * Collects until the end of the loop turn (no timer: waiting costs more than a run), then scores; what arrives during a
 * run goes into the next one. Rows keep their order.
 */
export function createBatcher(scorer: Pick<Scorer, 'score'>, options: BatcherOptions = {}): Batcher {
  const rowsPerRunMax = options.rowsPerRunMax ?? servedRowsPerRunMax;
  const queuedRowsMax = options.queuedRowsMax ?? 8_192;
  const queue: Job[] = [];
  let queuedRows = 0;
  let running: Promise<void> | null = null;

  const drain = async (): Promise<void> => {
    await endOfTurn();
    while (queue.length > 0) {
      const cells = take(queue, rowsPerRunMax);
      // oxlint-disable-next-line no-await-in-loop -- one run at a time; ONNX Runtime blocks the loop anyway
      const scores = await scoreAll(
        scorer,
        cells.map((cell) => cell.row),
        options.onError,
      );
      queuedRows -= cells.length;
      deliver(cells, scores);
    }
    running = null;
  };

  return {
    submit(rows) {
      if (rows.length === 0) return Promise.resolve([]);
      if (queuedRows + rows.length > queuedRowsMax) {
        return Promise.reject(
          new PerennialError('overloaded', `${queuedRows} rows are waiting to be scored; no more are taken in`),
        );
      }
      queuedRows += rows.length;
      return new Promise((resolve) => {
        queue.push({
          rows,
          scores: Array.from({ length: rows.length }, () => null),
          next: 0,
          left: rows.length,
          done: resolve,
        });
        running ??= drain();
      });
    },
    get queuedRows() {
      return queuedRows;
    },
    async idle() {
      // oxlint-disable-next-line no-await-in-loop -- the queue may have been filled again meanwhile
      while (running !== null) await running;
    },
  };
}

function endOfTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function take(queue: Job[], rowsMax: number): Cell[] {
  const cells: Cell[] = [];
  for (let job = queue[0]; job !== undefined && cells.length < rowsMax; job = queue[0]) {
    while (job.next < job.rows.length && cells.length < rowsMax) {
      const index = job.next++;
      const row = job.rows[index];
      if (row !== undefined) cells.push({ job, index, row });
    }
    if (job.next >= job.rows.length) queue.shift();
  }
  return cells;
}

function deliver(cells: readonly Cell[], scores: readonly RowScores[]): void {
  cells.forEach(({ job, index }, at) => {
    job.scores[index] = scores[at] ?? null;
    if (--job.left === 0) job.done(job.scores);
  });
}

/**
 * A run fails as a whole; rows are then tried one by one, so that one customer's row is not held against the others.
 */
async function scoreAll(
  scorer: Pick<Scorer, 'score'>,
  rows: readonly EncodedRow[],
  onError?: (error: unknown) => void,
): Promise<readonly RowScores[]> {
  try {
    return await scorer.score(rows);
  } catch (error) {
    onError?.(error);
    if (rows.length === 1) return [null];
    const scores: RowScores[] = [];
    // oxlint-disable-next-line no-await-in-loop -- bounded by the rows of one run
    for (const row of rows) scores.push((await scorer.score([row]).catch(() => []))[0] ?? null);
    return scores;
  }
}
