import { explainedRowsMax } from '../../domain/words/limits.ts';
import { errorOfRow, isObject, unknownAnswer } from './answer-error.ts';
import { PerennialClientError } from './client-error.ts';
import { clientId } from './client-id.ts';
import type { AbTestDetail } from './ab-test-views.ts';
import type { ExperimentDetail, ExperimentReceipt } from './experiment-views.ts';
import type { CommandReceipt, ModelHistory, PushReceipt, ModelStatus, RunDetail } from './client-views.ts';
import type { AnswerOf, OutcomeOf, PredictionName, RowOf } from '../declare/model-types.ts';
import { send, type Ask, type CallOptions, type Door } from './send.ts';
import { pushRows, type PushOptions } from './push-rows.ts';
import { runOfCommand, watchRun, type WatchOptions } from './watch-run.ts';

/** How many features each explanation names, 1 to as many as the model has; true is three. */
export type Explain = boolean | { readonly top: number };

export interface PredictOptions extends CallOptions {
  /** Asks why it is answered so: `answer.explanation`. Costs some hundred times the answer. */
  readonly explain?: Explain | undefined;
  /** Your own id of this prediction: sent again with the same one, it counts once. Made by the client otherwise. */
  readonly predictionId?: string | undefined;
}

export interface PredictManyOptions extends CallOptions {
  /** Asks why each row is answered so; 100 rows then go in one request. */
  readonly explain?: Explain | undefined;
  readonly predictionIds?: readonly string[] | undefined;
  /** `return` puts a row that no version could answer in its place among the answers; otherwise the call fails. */
  readonly failedRows?: 'throw' | 'return' | undefined;
}

/** A row that no version could answer, in the place of its answer. */
export interface FailedRow {
  readonly predictionId: string;
  readonly error: PerennialClientError;
}

export interface LabelOptions extends CallOptions {
  /** Your own id of this label: sent again with the same one, it counts once. Made by the client otherwise. */
  readonly labelId?: string | undefined;
}

/** What a command takes; `idempotencyKey` makes it the same command when your program calls it again. */
export interface CommandOptions extends CallOptions {
  readonly reason?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

export type ReasonedOptions = CommandOptions & { readonly reason: string };

/** What an A/B test is begun with; what is left out has a default, which `abTest` says. */
export type AbTestOptions = ReasonedOptions & {
  readonly versions: readonly number[];
  readonly metric: string;
  readonly sharePercent?: number | undefined;
  readonly better?: 'higher' | 'lower' | undefined;
  readonly bounds?: readonly [number, number] | undefined;
  readonly unitsPerArm?: number | undefined;
  readonly unitsMax?: number | undefined;
  readonly alpha?: number | undefined;
  readonly effectMin?: number | undefined;
  readonly daysMax?: number | undefined;
};

export interface HistoryOptions extends CallOptions {
  /** Rows of each kind, 1 to 200. */
  readonly limit?: number | undefined;
  /** Only what happened before. */
  readonly before?: Date | string | undefined;
}

/** Everything that can be asked of, and told to, one model. */
export interface ModelClient<Model> {
  readonly name: string;
  predict(row: RowOf<Model>, options?: PredictOptions): Promise<AnswerOf<Model>>;
  /**
   * In order; long lists go in several requests, one after the other. Fails for a row that no version could answer, as
   * `predict` does, unless `failedRows` is `return`: the others are logged, and count once when they are asked again
   * with the same ids.
   */
  predictMany: PredictMany<Model>;
  /** How it came out; resolves when the label is on disk. Late, repeated and corrected labels are welcome. */
  label(prediction: PredictionName, outcome: OutcomeOf<Model>, options?: LabelOptions): Promise<void>;
  /**
   * The value of a declared proxy, which stands in for the label and comes sooner; resolves when it is on disk. Of
   * several for one prediction the last one counts.
   */
  proxy(
    prediction: string | { readonly predictionId: string },
    name: string,
    value: number | boolean,
    options?: CallOptions,
  ): Promise<void>;
  /**
   * Pushes rows that the model is to learn from: its definition declares `push()`. Rows of one request have one key:
   * with `idempotencyKey` your program may push the same rows again, and they count once. At most 1,000.
   */
  pushRows(rows: readonly Readonly<Record<string, unknown>>[], options: PushOptions): Promise<PushReceipt>;
  status(options?: CallOptions): Promise<ModelStatus>;
  history(options?: HistoryOptions): Promise<ModelHistory>;
  /** Train now; `rollout: false` ends with a version that is compared and not released. */
  retrain(options?: CommandOptions & { readonly rollout?: boolean | undefined }): Promise<CommandReceipt>;
  /** Each state of a run, or of the run that a `retrain` led to, until it has ended. */
  watchRun(run: string | CommandReceipt, options?: WatchOptions): AsyncGenerator<RunDetail, void, undefined>;
  approve(options?: CommandOptions): Promise<CommandReceipt>;
  abort(options?: CommandOptions): Promise<CommandReceipt>;
  rollback(options: ReasonedOptions & { readonly toVersion?: number | undefined }): Promise<CommandReceipt>;
  pause(options?: CommandOptions): Promise<CommandReceipt>;
  resume(options?: CommandOptions): Promise<CommandReceipt>;
  /** No automatic change until `thaw`. */
  freeze(options: ReasonedOptions): Promise<CommandReceipt>;
  thaw(options: ReasonedOptions): Promise<CommandReceipt>;
  /** Lets another name approve this model's rollouts in one's place, for 1 to 30 days. */
  delegateApproval(options: ReasonedOptions & { readonly to: string; readonly days: number }): Promise<CommandReceipt>;
  /** Takes it back; `from` is whose it is, left out one's own. */
  revokeApproval(
    options: ReasonedOptions & { readonly to: string; readonly from?: string | undefined },
  ): Promise<CommandReceipt>;
  /**
   * Compares definitions, each under a name, on the rows of one snapshot: a tag, the beginning of a digest, or left out
   * the newest. Nothing is released; `watchRun(receipt.runId)` waits for it. Takes the right to apply.
   */
  experiment(
    candidates: Readonly<Record<string, object>>,
    options?: CommandOptions & { readonly snapshot?: string | undefined; readonly metric?: string | undefined },
  ): Promise<ExperimentReceipt>;
  /** One experiment with its candidates, the best first. */
  experimentResult(number: number, options?: CallOptions): Promise<ExperimentDetail>;
  /** Begins an A/B test of the champion against other versions; it promotes nothing. */
  startAbTest(options: AbTestOptions): Promise<CommandReceipt>;
  /** Ends the one that is under way, at once. */
  stopAbTest(options: ReasonedOptions): Promise<CommandReceipt>;
  /** One A/B test by its number, as its last look found it. */
  abTest(number: number, options?: CallOptions): Promise<AbTestDetail>;
}

export interface PredictMany<Model> {
  (
    rows: readonly RowOf<Model>[],
    options: PredictManyOptions & { readonly failedRows: 'return' },
  ): Promise<readonly (AnswerOf<Model> | FailedRow)[]>;
  (rows: readonly RowOf<Model>[], options?: PredictManyOptions): Promise<readonly AnswerOf<Model>[]>;
}

/** Rows in one request; the server takes 1,000. */
const plainRowsPerRequest = 500;

/** The client of one model. `inference` and `control` are asked for only when a call needs them. */
export function modelClient<Model>(name: string, inference: () => Door, control: () => Door): ModelClient<Model> {
  const path = `/v1/models/${encodeURIComponent(name)}`;
  async function predictMany(
    rows: readonly RowOf<Model>[],
    options: PredictManyOptions & { readonly failedRows: 'return' },
  ): Promise<readonly (AnswerOf<Model> | FailedRow)[]>;
  async function predictMany(
    rows: readonly RowOf<Model>[],
    options?: PredictManyOptions,
  ): Promise<readonly AnswerOf<Model>[]>;
  async function predictMany(
    rows: readonly RowOf<Model>[],
    options: PredictManyOptions = {},
  ): Promise<readonly (AnswerOf<Model> | FailedRow)[]> {
    const ids = options.predictionIds ?? rows.map(() => clientId());
    const answers: (AnswerOf<Model> | FailedRow)[] = [];
    const { explain = false } = options;
    const rowsPerRequest = explain === false ? plainRowsPerRequest : explainedRowsMax;
    const begunMs = performance.now();
    const left = (): CallOptions => ({
      signal: options.signal,
      timeoutMs: options.timeoutMs === undefined ? undefined : options.timeoutMs - (performance.now() - begunMs),
    });
    for (let at = 0; at < rows.length; at += rowsPerRequest) {
      const body = {
        rows: rows.slice(at, at + rowsPerRequest),
        predictionIds: ids.slice(at, at + rowsPerRequest),
        ...(explain === false ? {} : { explain }),
      };
      const ask: Ask = { method: 'POST', path: `${path}/predict`, body };
      // oxlint-disable-next-line no-await-in-loop -- one request at a time: the server's queue is for everybody
      const given = answersOf<Model>(await send(inference(), ask, left()), body.rows.length, { path: ask.path, at });
      const failed = options.failedRows === 'return' ? undefined : given.find(isFailedRow);
      if (failed !== undefined) throw failed.error;
      answers.push(...given);
    }
    return answers;
  }
  const command = async (
    kind: string,
    options: CommandOptions & Readonly<Record<string, unknown>> = {},
  ): Promise<CommandReceipt> => {
    const { idempotencyKey, signal, timeoutMs, ...body } = options;
    const ask: Ask = { method: 'POST', path: `${path}/${kind}`, body, key: idempotencyKey ?? clientId() };
    return receiptOf(await send(control(), ask, { signal, timeoutMs }), ask.path);
  };
  return {
    name,
    predict: async (row, { predictionId, ...options } = {}) => {
      const [answer] = await predictMany([row], {
        ...options,
        ...(predictionId === undefined ? {} : { predictionIds: [predictionId] }),
      });
      if (answer === undefined) throw unknownAnswer(`POST ${path}/predict`, 200);
      return answer;
    },
    predictMany,
    label: async (prediction, outcome, { labelId, ...options } = {}) => {
      const label = { ...nameOf(prediction), label: outcome, labelId: labelId ?? clientId() };
      await send(inference(), { method: 'POST', path: '/v1/labels', body: { model: name, labels: [label] } }, options);
    },
    proxy: async (prediction, proxy, value, options) => {
      const predictionId = typeof prediction === 'string' ? prediction : prediction.predictionId;
      const body = { model: name, proxies: [{ name: proxy, predictionId, value }] };
      await send(inference(), { method: 'POST', path: '/v1/proxies', body }, options);
    },
    pushRows: (rows, options) => pushRows<PushReceipt>(inference(), path, rows, options),
    status: async (options) => viewOf<ModelStatus>(await send(control(), { method: 'GET', path }, options), path),
    history: async ({ limit = 50, before, ...options } = {}) => {
      const query = new URLSearchParams({ limit: String(limit) });
      if (before !== undefined) query.set('before', typeof before === 'string' ? before : before.toISOString());
      return viewOf<ModelHistory>(
        await send(control(), { method: 'GET', path: `${path}/history?${query.toString()}` }, options),
        path,
      );
    },
    retrain: (options) => command('retrain', { ...options }),
    async *watchRun(run, options) {
      yield* watchRun(control(), typeof run === 'string' ? run : await runOfCommand(control(), run, options), options);
    },
    approve: (options) => command('approve', { ...options }),
    abort: (options) => command('abort', { ...options }),
    rollback: (options) => command('rollback', { ...options }),
    pause: (options) => command('pause', { ...options }),
    resume: (options) => command('resume', { ...options }),
    freeze: (options) => command('freeze', { ...options }),
    thaw: (options) => command('thaw', { ...options }),
    delegateApproval: (options) => command('approval/delegate', { ...options }),
    revokeApproval: (options) => command('approval/revoke', { ...options }),
    experiment: async (candidates, { idempotencyKey, signal, timeoutMs, ...asked } = {}) => {
      const named = Object.entries(candidates).map(([candidate, spec]) => ({ name: candidate, spec }));
      const body = { candidates: named, ...asked };
      const ask: Ask = { method: 'POST', path: `${path}/experiments`, body, key: idempotencyKey ?? clientId() };
      return viewOf<ExperimentReceipt>(await send(control(), ask, { signal, timeoutMs }), ask.path);
    },
    experimentResult: async (number, options) =>
      viewOf<ExperimentDetail>(
        await send(control(), { method: 'GET', path: `${path}/experiments/${number}` }, options),
        path,
      ),
    startAbTest: (options) => command('ab-test/start', { ...options }),
    stopAbTest: (options) => command('ab-test/stop', { ...options }),
    abTest: async (number, options) =>
      viewOf<AbTestDetail>(await send(control(), { method: 'GET', path: `${path}/ab-tests/${number}` }, options), path),
  };
}

function nameOf(prediction: PredictionName): Readonly<Record<string, unknown>> {
  if (typeof prediction === 'string') return { predictionId: prediction };
  if ('predictionId' in prediction) return { predictionId: prediction.predictionId };
  const { entity, time } = prediction;
  return { entity, time: time instanceof Date ? time.toISOString() : time };
}

/** Checked as far as the client itself relies on it: one answer per row. The rest is the server's word. */
function answersOf<Model>(
  body: unknown,
  rowCount: number,
  { path, at }: { readonly path: string; readonly at: number },
): readonly (AnswerOf<Model> | FailedRow)[] {
  const predictions: unknown = isObject(body) ? body['predictions'] : null;
  const isAnswers = (value: unknown): value is readonly (AnswerOf<Model> & { readonly predictionId: string })[] =>
    Array.isArray(value) &&
    value.length === rowCount &&
    value.every((row) => isObject(row) && typeof row['predictionId'] === 'string');
  if (!isAnswers(predictions)) throw unknownAnswer(`POST ${path}`, 200);
  return predictions.map((row: AnswerOf<Model> & { readonly predictionId: string; readonly error?: unknown }, index) =>
    isObject(row.error) ? { predictionId: row.predictionId, error: errorOfRow(row.error, at + index) } : row,
  );
}

function isFailedRow(row: object): row is FailedRow {
  return 'error' in row && row.error instanceof PerennialClientError;
}

function receiptOf(body: unknown, path: string): CommandReceipt {
  const isReceipt = (value: unknown): value is CommandReceipt =>
    isObject(value) && typeof value['model'] === 'string' && typeof value['text'] === 'string';
  if (!isReceipt(body)) throw unknownAnswer(`POST ${path}`, 200);
  return body;
}

function viewOf<View extends { readonly model: string }>(body: unknown, path: string): View {
  const isView = (value: unknown): value is View => isObject(value) && typeof value['model'] === 'string';
  if (!isView(body)) throw unknownAnswer(`GET ${path}`, 200);
  return body;
}
