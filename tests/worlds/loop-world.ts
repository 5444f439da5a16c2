import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { and, desc, eq } from 'drizzle-orm';
import { createArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { snapshot } from '../../src/db/schema/index.ts';
import { damageFile } from './damage-file.ts';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { startStack, type StartedStack } from '../../src/stack/start-stack.ts';
import { readConfig } from '../../src/config.ts';
import type { CommandAnswer } from '../../src/contracts/http/answers.ts';
import type { DecisionView, HistoryView, SettledView, StatusView } from '../../src/contracts/http/views.ts';
import { completeSpec, type ModelSpecInput, type RolloutInput } from '../../src/domain/spec/default-spec.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { requestJson } from '../../src/replay/http.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { ownEngines } from './own-engines.ts';
import { tinyTable, toCsv } from './tiny-table.ts';
import { until } from './wait.ts';
import { withoutFlushing } from './without-flushing.ts';
import { createWorldDatabase } from './world-database.ts';

export const windowRows = 50;
const toldItFailed = new URL('told-it-failed.mjs', import.meta.url).href;
/** Shadow, canary, and the two windows of the deadline; one more for the window in which it began. */
const windowsPerRolloutMax = 5;

/**
 * The whole product on this machine, in a folder of its own: Temporal, inference, control and worker as real processes,
 * over a database of its own on the Postgres of all tests where the runner has one, else over a Postgres of its own.
 */
export interface LoopWorld {
  readonly stack: StartedStack;
  readonly client: Client;
  /** A definition over a small CSV that is written for it. */
  define(name: string, change?: Partial<ModelSpecInput>): Promise<ModelSpec>;
  apply(spec: ModelSpec): Promise<void>;
  /** Where the history of a defined model stands on this disk. */
  historyFile(name: string): string;
  /** From now on the history of a defined model says the opposite in each row. */
  teachOpposite(name: string): Promise<void>;
  /** Applies and waits for the first champion. */
  champion(name: string, change?: Partial<ModelSpecInput>): Promise<ModelSpec>;
  /** Sends a command; `key` is its Idempotency-Key. */
  command(model: string, verb: string, body: object, key?: string): Promise<CommandAnswer>;
  /** Asks for a training and waits for its challenger to be in shadow: two windows later its steps are done. */
  challenge(model: string): Promise<void>;
  /** Asks for a training and waits for the stored decision, whatever it is. */
  askTraining(model: string, body: TrainingAsked): Promise<DecisionView>;
  /** Asks for a training, and throws where the decision is that there is none: nothing would come of it. */
  retrain(model: string, body: TrainingAsked): Promise<void>;
  /** Whole windows of traffic, each settled before the next; labels follow at once unless told otherwise. */
  play(model: string, windows: number, options?: PlayOptions): Promise<SettledView>;
  /** Windows of traffic until no rollout is under way. */
  playOut(model: string, options?: { readonly labels?: boolean }): Promise<SettledView>;
  /** Changes a byte in a file of the newest snapshot of its traffic. */
  damageTraffic(model: string): Promise<void>;
  status(model: string): Promise<StatusView>;
  history(model: string): Promise<HistoryView>;
  settled(model: string): Promise<SettledView>;
  entity(model: string): WorkflowHandle;
  close(): Promise<void>;
}

interface TrainingAsked {
  readonly reason: string;
  readonly rollout?: boolean;
}

export interface PlayOptions {
  /** False keeps the labels back. */
  readonly labels?: boolean;
  /** The rows look different from those of the history: `width` is four standard deviations larger. */
  readonly drifted?: boolean;
  /** Every label is `yes`, whatever the row would say: the level has moved. */
  readonly isAlwaysYes?: boolean;
}

export interface LoopWorldOptions {
  /** A database that is there already, in which everybody signs in as its owner. */
  readonly databaseUrl?: string;
  /** Starts a Postgres as well, as `perennial dev` does. */
  readonly hasOwnPostgres?: boolean;
  /** Every activity happens, and its first attempt is told that it failed (`told-it-failed.mjs`). */
  readonly isToldItFailed?: boolean;
  /** Below it lies the code that definitions may run as a trainer. */
  readonly trainersDir?: string;
  /** Variables that the processes of this world inherit, unless they are started again. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Starts everything; definitions may name files of the world's own folder, and of the folders that are given. */
export async function startLoopWorld(
  sourceRoots: readonly string[] = [],
  { databaseUrl, hasOwnPostgres = false, isToldItFailed = false, trainersDir, variables = {} }: LoopWorldOptions = {},
): Promise<LoopWorld> {
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-loop-'));
  const isHandedOver = process.env['DATABASE_URL'] !== undefined;
  const place = databaseUrl === undefined && isHandedOver && !hasOwnPostgres ? await createWorldDatabase() : null;
  const config = readConfig({
    ...ownEngines(process.env),
    ...(databaseUrl === undefined ? place?.variables : { DATABASE_URL: databaseUrl }),
    PERENNIAL_STATE_DIR: path.join(folder, 'state'),
    PERENNIAL_SOURCE_ROOTS: [folder, ...sourceRoots].join(','),
    ...(trainersDir === undefined ? {} : { PERENNIAL_TRAINERS_DIR: trainersDir }),
  });
  let fatal: Error | null = null;
  // The processes of this world inherit it, and those of later ones do not.
  const inherited = {
    PERENNIAL_FLUSH_MS: '20',
    // Each window waits for a tick: at the usual pace that is a second of doing nothing.
    PERENNIAL_WATCH_TICK_MS: '50',
    ...variables,
    ...(isToldItFailed ? { NODE_OPTIONS: `--import ${toldItFailed}` } : {}),
  };
  Object.assign(process.env, inherited);
  const stack = await startStack(config, {
    log: createLogger('tests', 'silent'),
    onProgress: () => undefined,
    onFatal: (error) => (fatal = error),
  }).finally(() => {
    for (const name of Object.keys(inherited)) delete process.env[name];
  });
  // Its data is thrown away with it, so nobody waits for its disk.
  if (place === null && databaseUrl === undefined) await withoutFlushing(stack.database.url);
  const connection = await Connection.connect({ address: stack.temporalAddress ?? '' });
  const client = new Client({ connection, namespace: stack.namespace });
  const control = { url: stack.controlUrl, token: stack.tokens.admin };
  const inference = { url: stack.inferenceUrl, token: stack.tokens.predictor };
  const sent = new Map<string, number>();

  const historyFile = (name: string): string => path.join(folder, `${name}.csv`);

  async function define(name: string, change: Partial<ModelSpecInput> = {}): Promise<ModelSpec> {
    const file = historyFile(name);
    await writeFile(file, toCsv(tinyTable({ seed: 'history', rows: 400 })));
    return completeSpec({ ...tinySpec(name, file), ...change });
  }

  async function teachOpposite(name: string): Promise<void> {
    const rows = tinyTable({ seed: 'history', rows: 400 });
    await writeFile(
      historyFile(name),
      toCsv(rows.map((row) => ({ ...row, label: row.label === 'yes' ? 'no' : 'yes' }))),
    );
  }

  const get = <T>(model: string, view: string): Promise<T> =>
    requestJson<T>(control, 'GET', `/v1/models/${model}${view}`);
  const settled = (model: string): Promise<SettledView> => get(model, '/settled');

  async function apply(spec: ModelSpec): Promise<void> {
    await requestJson(control, 'POST', '/v1/apply', { spec, reason: 'test' });
  }

  async function champion(name: string, change?: Partial<ModelSpecInput>): Promise<ModelSpec> {
    const spec = await define(name, change);
    await apply(spec);
    await until(`${name} has a champion`, async () => {
      if (fatal !== null) throw fatal;
      const view = await settled(name);
      return view.championVersion === 1 && view.isSettled;
    });
    return spec;
  }

  async function command(model: string, verb: string, body: object, key?: string): Promise<CommandAnswer> {
    const response = await fetch(`${stack.controlUrl}/v1/models/${model}/${verb}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${stack.tokens.admin}`,
        'content-type': 'application/json',
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
    return JSON.parse(text) as CommandAnswer;
  }

  async function damageTraffic(model: string): Promise<void> {
    const [row] = await stack.database.db
      .select({ manifest: snapshot.manifest })
      .from(snapshot)
      .where(and(eq(snapshot.model, model), eq(snapshot.kind, 'traffic')))
      .orderBy(desc(snapshot.throughWindow), desc(snapshot.createdAt))
      .limit(1);
    await damageFile(await createArtifactStore(config.artifactDir).pathOf(row?.manifest.files[0]?.sha256 ?? ''));
  }

  async function askTraining(model: string, body: TrainingAsked): Promise<DecisionView> {
    const { commandId } = await command(model, 'retrain', body);
    return until('the decision is stored', async () =>
      (await get<HistoryView>(model, '/history?limit=200')).decisions.find((row) => row.key === `command/${commandId}`),
    );
  }

  async function retrain(model: string, body: TrainingAsked): Promise<void> {
    const decided = await askTraining(model, body);
    if (!decided.retrain) throw new Error(`${model} ${decided.reason}`);
  }

  async function challenge(model: string): Promise<void> {
    await retrain(model, { reason: 'a challenger' });
    await until('the rollout has begun', async () => {
      const view = await settled(model);
      return view.rollout !== null && view.isSettled;
    });
  }

  async function play(
    model: string,
    windows: number,
    { labels = true, drifted = false, isAlwaysYes = false }: PlayOptions = {},
  ): Promise<SettledView> {
    let view = await settled(model);
    for (let window = 0; window < windows; window++) {
      const from = sent.get(model) ?? 0;
      const through = from + windowRows;
      const rows = tinyTable({ seed: 'live', rows: through }).slice(from);
      const predictionIds = rows.map((_, i) => `${model}-${from + i}`);
      await requestJson(inference, 'POST', `/v1/models/${model}/predict`, {
        rows: rows.map(({ cells }) => (drifted ? { ...cells, width: cells.width + 4 } : cells)),
        predictionIds,
      });
      // Stored first: then every label is known in the window after its row's, however the spool cuts its segments.
      await until(`row ${through} of ${model} is stored`, async () => (await settled(model)).lastSeq >= through);
      const wanted = (await settled(model)).labels + (labels ? windowRows : 0);
      if (labels) {
        await requestJson(inference, 'POST', '/v1/labels', {
          model,
          labels: rows.map((row, i) => ({
            labelId: `${model}-${from + i}`,
            predictionId: predictionIds[i],
            label: isAlwaysYes ? 'yes' : row.label,
          })),
        });
      }
      sent.set(model, through);
      view = await until(`${model} has settled row ${through}`, async () => {
        const now = await settled(model);
        return now.labels >= wanted && now.isSettled ? now : undefined;
      });
    }
    return view;
  }

  async function playOut(model: string, options: { readonly labels?: boolean } = {}): Promise<SettledView> {
    for (let window = 0; window < windowsPerRolloutMax; window++) {
      const view = await play(model, 1, options);
      if (view.rollout === null) return view;
    }
    throw new Error(`the rollout of ${model} was still under way after ${windowsPerRolloutMax} windows`);
  }

  return {
    stack,
    client,
    define,
    historyFile,
    teachOpposite,
    apply,
    champion,
    command,
    challenge,
    damageTraffic,
    askTraining,
    retrain,
    play,
    playOut,
    settled,
    status: (model) => get(model, ''),
    history: (model) => get(model, '/history?limit=200'),
    entity: (model) => client.workflow.getHandle(workflowIds.model(model)),
    close: async () => {
      await connection.close();
      await stack.stop();
      await place?.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One window of shadow, one at 50 %, then whatever pairs there are. */
export const tinyRollout: RolloutInput = {
  shadow: { rows: windowRows },
  canary: [{ percent: 50, extent: { rows: windowRows } }],
  lookEvery: { rows: windowRows },
  pollMs: 150,
  failures: ['error'],
  promotion: { metric: 'logLoss', margin: 1, alpha: 0.05, labelledRowsMin: 20 },
  deadline: { rows: 2 * windowRows },
  leaseMs: 5_000,
  guard: { labelledRows: 20, action: 'propose' },
};

/** Everything as short as it can be declared; nothing trains by itself after the first time. */
export function tinySpec(name: string, file: string): ModelSpecInput {
  return {
    name,
    about: { owner: 'tests', useCase: 'Shows the loop on a small table.', successCriterion: 'The loop closes.' },
    features: [
      { kind: 'number', name: 'height', missing: 'allow' },
      { kind: 'number', name: 'width', missing: 'allow' },
      { kind: 'category', name: 'colour', missing: 'allow' },
    ],
    target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 5 } },
    source: { kind: 'file', path: file, format: 'csv' },
    trainer: {
      treesMax: 20,
      leavesMax: 7,
      learningRate: 0.2,
      rowsPerLeafMin: 5,
      earlyStoppingTrees: 5,
      historyShares: [1],
    },
    gates: [{ gate: 'atLeast', metric: 'auroc', value: 0.6 }],
    rollout: tinyRollout,
    watch: { window: { rows: windowRows }, falseAlarmRate: 1e-6 },
    retrain: {
      growthFactor: null,
      onDecay: false,
      onSpecChange: true,
      cooldown: { rows: 1 },
      budget: { runs: 20, per: { rows: 1_000 } },
      labelledRowsMin: 1,
    },
  };
}
