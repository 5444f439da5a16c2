import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ContractSpec } from '../../src/domain/spec/spec.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import { requestJson } from '../../src/replay/http.ts';
import { binary, csv, defineModel, defineView, folder, from, number, windowed } from '../../src/sdk/index.ts';
import { createRandom } from '../../src/statistics/numeric/random.ts';
import { startLoopWorld, windowRows, type LoopWorld } from './loop-world.ts';
import { until } from './wait.ts';
import { writeAged } from './write-aged.ts';

export const hourMs = 3_600_000;
const startMs = Date.UTC(2026, 0, 1);
const payments = 600;
/** When the last card of the history has spent. */
export const newestMs = startMs + payments * hourMs;
export const iso = (ms: number): string => new Date(ms).toISOString();

/** What a card has spent. */
export interface Spent {
  readonly card: string;
  readonly atMs: number;
  readonly amount: number;
  readonly limit: number;
}
export const outcomeOf = (amount: number): string => (amount > 500 ? 'fraud' : 'genuine');

/** One card after the other, an hour apart. */
export function drawSpent(seed: string): readonly Spent[] {
  const random = createRandom(seed);
  return Array.from({ length: payments }, (_, at) => ({
    card: `c${at}`,
    atMs: startMs + at * hourMs,
    amount: random.integer(1_000),
    limit: random.integer(9),
  }));
}

interface LoggedPrediction {
  readonly features: Readonly<Record<string, unknown>>;
  readonly views: readonly {
    readonly view: string;
    readonly status: string;
    readonly given: number;
    readonly ageMs: number | null;
    readonly isLate?: true;
  }[];
}

/**
 * The whole product, with the view `spending` over files of what cards have spent, and the model `paid`: whether a
 * payment is fraud depends on what its card has spent in the week before, which only the view knows.
 */
export interface SpendingWorld {
  readonly loop: LoopWorld;
  readonly folder: string;
  /** Asks the control API. */
  get<Answer>(url: string): Promise<Answer>;
  post<Answer>(url: string, body: object): Promise<Answer>;
  /** A file of the view that can be read at once. */
  writeSpent(file: string, spent: readonly Spent[]): Promise<void>;
  /** The first file of the view, and a payment of each drawn card an hour later; `paid` are lines of more payments. */
  writeHistory(drawn: readonly Spent[], more?: { spent?: readonly Spent[]; paid?: readonly string[] }): Promise<void>;
  /** Applies both and waits for the first champion; answers the digest of the view. */
  apply(contract?: Partial<ContractSpec>): Promise<string>;
  /** The next look at sources, at once; one that is asked for while another is under way is none. */
  look(): Promise<void>;
  /** The snapshot with which the online store is filled, as soon as it is another one than before. */
  filled(before?: string): Promise<string>;
  predict(rows: readonly object[], predictionIds?: readonly string[]): Promise<readonly { readonly label: string }[]>;
  /** What is logged of an answer, as soon as it is stored. */
  logged(predictionId: string): Promise<LoggedPrediction>;
  close(): Promise<void>;
}

export async function startSpendingWorld(variables: Readonly<Record<string, string>> = {}): Promise<SpendingWorld> {
  const root = await mkdtemp(path.join(tmpdir(), 'perennial-spending-'));
  const loop = await startLoopWorld([root], { variables });
  const { stack } = loop;
  const control = { url: stack.controlUrl, token: stack.tokens.admin };
  const inference = { url: stack.inferenceUrl, token: stack.tokens.predictor };
  const { pool } = stack.database;
  const get = <Answer>(url: string): Promise<Answer> => requestJson<Answer>(control, 'GET', url);
  const post = <Answer>(url: string, body: object): Promise<Answer> => requestJson<Answer>(control, 'POST', url, body);

  async function writeSpent(file: string, spent: readonly Spent[]): Promise<void> {
    const lines = spent.map(({ card, atMs, amount, limit }) => `${card},${iso(atMs)},${amount},${limit}`);
    await writeAged(path.join(root, 'spent', file), ['card,at,amount,limit', ...lines]);
  }

  async function look(): Promise<void> {
    await pool.query(`update online_view set look_at = now() - interval '1 second'`);
    await loop.client.schedule.getHandle(workflowIds.triggers()).trigger();
  }

  return {
    loop,
    folder: root,
    get,
    post,
    writeSpent,
    async writeHistory(drawn, { spent = [], paid = [] } = {}) {
      await writeSpent('1.csv', [...drawn, ...spent]);
      const lines = drawn.map(
        ({ card, atMs, amount }, at) => `${card},${iso(atMs + hourMs)},${(7 * at) % 50},${outcomeOf(amount)}`,
      );
      await writeFile(path.join(root, 'paid.csv'), `${['card,paid,price,outcome', ...lines, ...paid].join('\n')}\n`);
    },
    async apply(contract = {}) {
      const spending = defineView({
        name: 'spending',
        owner: 'risk',
        entity: 'card',
        eventTime: 'at',
        features: { limit: number(), spend7d: windowed.sum('amount', '7 days') },
        ttl: '30 days',
        source: folder(path.join(root, 'spent'), { format: 'csv' }),
      });
      const { digest } = await post<{ digest: string }>('/v1/views', { spec: spending, reason: 'test' });
      await loop.apply(
        defineModel('paid', {
          about: { owner: 'risk', useCase: 'Hold payments.', successCriterion: 'Less fraud.' },
          source: csv(path.join(root, 'paid.csv')),
          entity: 'card',
          eventTime: 'paid',
          features: { price: number({ min: 0 }), ...from(spending, ['limit', 'spend7d']) },
          target: binary('outcome', { positive: 'fraud', negative: 'genuine', labelDelay: '10 rows' }),
          // The label is made of what the view sums up.
          leakage: { allow: ['spend7d'], reason: 'spent before the payment' },
          watch: { window: `${windowRows} rows` },
          contract,
        }),
      );
      await until('there is a champion', async () => {
        const { championVersion, isSettled } = await loop.settled('paid');
        return championVersion === 1 && isSettled;
      });
      return digest;
    },
    look,
    filled: (before) =>
      until('the store is filled', async () => {
        await look();
        const { rows } = await pool.query<{ snapshot: string | null }>(
          'select snapshot from online_view where building is null',
        );
        const snapshot = rows[0]?.snapshot ?? undefined;
        return snapshot === before ? undefined : snapshot;
      }),
    async predict(rows, predictionIds) {
      const { predictions } = await requestJson<{ predictions: { label: string }[] }>(
        inference,
        'POST',
        '/v1/models/paid/predict',
        { rows, ...(predictionIds === undefined ? {} : { predictionIds }) },
      );
      return predictions;
    },
    logged: (predictionId) =>
      until(`${predictionId} is logged`, async () => {
        const url = `/v1/models/paid/predictions?id=${predictionId}`;
        return (await get<{ predictions: readonly LoggedPrediction[] }>(url)).predictions[0];
      }),
    async close() {
      await loop.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}
