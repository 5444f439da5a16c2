import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import type { HistoryView, SettledView, StatusView } from '../../src/contracts/http/views.ts';
import { createDatabase } from '../../src/db/base/connect.ts';
import { migrate, readMigrations } from '../../src/db/base/migrate.ts';
import { startPostgres } from '../../src/embedded/postgres/postgres.ts';
import { freePort } from '../../src/embedded/process/free-port.ts';
import { requestJson, type Target } from '../../src/replay/http.ts';
import { startStack } from '../../src/stack/start-stack.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { brokenRules } from '../worlds/invariants.ts';
import { ownEngines } from '../worlds/own-engines.ts';
import {
  fillDatabase,
  killMigration,
  listRecordings,
  startRecordedInference,
  unpackRecording,
} from '../worlds/recorded-installation.ts';
import { tinyTable } from '../worlds/tiny-table.ts';
import { startTraffic } from '../worlds/traffic.ts';
import { until } from '../worlds/wait.ts';

/** An installation of an earlier release, left by a crash, goes on under this one. */
const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const ending of endings.splice(0).toReversed()) await ending();
});

test.each(await listRecordings())('%s upgrades in place, under traffic and interrupted', async (name) => {
  const recorded = await unpackRecording(name);
  endings.push(recorded.remove);
  const { facts, stateDir, tokens } = recorded;
  const postgres = await startPostgres({
    stateDir: path.join(recorded.folder, 'postgres'),
    logFile: path.join(recorded.folder, 'postgres.log'),
    port: await freePort(54_400),
  });
  endings.push(() => postgres.process.stop());
  await fillDatabase(recorded, postgres.url);

  // The release that was recorded answers while the schema changes under it; what it cannot store stays in its spool.
  const port = await freePort(18_080);
  const old = await startRecordedInference(recorded, postgres.url, port);
  endings.push(old.stop);
  const traffic = startTraffic({ url: `http://127.0.0.1:${port}`, token: tokens.predictor }, 'steady');
  endings.push(traffic.stop);
  await until('the recorded release answers', () => Promise.resolve(traffic.answered().length > 3));
  const killedAt = await killMigration(postgres.url);
  const rest = await migrate({ url: postgres.url });
  expect(killedAt + rest.length).toBe((await readMigrations()).length);
  const atMigrated = traffic.answered().length;
  await until('it answers after the migration', () => Promise.resolve(traffic.answered().length > atMigrated + 3));
  await old.stop();

  const stack = await startStack(
    // Not what the runner's other suites have put into the environment: another Temporal knows none of its workflows.
    readConfig({
      ...ownEngines(process.env),
      DATABASE_URL: postgres.url,
      PERENNIAL_STATE_DIR: stateDir,
      PERENNIAL_INFERENCE_PORT: String(port),
      PERENNIAL_FLUSH_MS: '20',
    }),
    { log: createLogger('tests', 'silent'), onProgress: () => undefined, onFatal: () => undefined },
  );
  endings.push(stack.stop);
  const control: Target = { url: stack.controlUrl, token: tokens.admin };
  const inference: Target = { url: stack.inferenceUrl, token: tokens.predictor };
  traffic.moveTo(inference);
  const atStarted = traffic.answered().length;
  await until('this release answers', () => Promise.resolve(traffic.answered().length > atStarted + 3));
  await traffic.stop();

  const view = <T>(model: string, of = ''): Promise<T> => requestJson<T>(control, 'GET', `/v1/models/${model}${of}`);
  const settled = (model: string) => view<SettledView>(model, '/settled');

  // Nothing that was answered is lost, and nothing is there twice.
  const wanted = [...facts.predictionIds, ...traffic.answered()];
  const database = createDatabase(postgres.url, { connectionsMax: 2 });
  endings.push(() => database.close());
  const stored = async (table: 'prediction' | 'label', column: string, ids: readonly string[]): Promise<number> => {
    const query = `select count(*)::int as n from ${table} where model = 'steady' and ${column} = any($1)`;
    return (await database.pool.query<{ n: number }>(query, [ids])).rows[0]?.n ?? 0;
  };
  const labelled = facts.labels.map(({ predictionId }) => predictionId);
  await until(
    'every row is stored',
    async () => (await stored('prediction', 'prediction_id', wanted)) >= wanted.length,
  );
  await until(
    'every label is stored',
    async () => (await stored('label', 'prediction_id', labelled)) >= labelled.length,
  );
  expect(await stored('prediction', 'prediction_id', wanted)).toBe(wanted.length);

  // It has a key by now, and knows that what stood before is hashed without.
  const keys = await database.pool.query('select fingerprint, bare_part from entity_key');
  expect(keys.rows).toEqual([{ fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/), bare_part: expect.any(Number) }]);

  // The past reads as it did.
  for (const [model, { champion, history }] of Object.entries(facts.models)) {
    const now = await view<HistoryView>(model, '/history?limit=200');
    for (const kind of ['moves', 'decisions'] as const)
      expect(now[kind]).toEqual(
        expect.arrayContaining(history[kind].map((row) => expect.objectContaining(essence(row)))),
      );
    if (model !== 'open') expect((await view<StatusView>(model)).champion?.version ?? null).toBe(champion);
  }

  // What was under way goes on: the open rollout to its end, the held one by a person.
  await playOut('open', 4);
  expect((await settled('open')).championVersion).toBe(2);
  await requestJson(control, 'POST', '/v1/models/held/approve', { reason: 'after the upgrade' });
  await until('the held rollout is promoted', async () => (await settled('held')).championVersion === 2);
  // The traffic may have closed its last window a moment ago.
  await until('the traffic is judged', async () => (await settled('steady')).isSettled);
  // Two rules are broken by the model whose source was never there, and by it alone.
  expect(await brokenRules(postgres.url)).toEqual([
    'a model without exactly one champion: [{"model":"broken"}]',
    expect.stringMatching(/^a run that was lost or failed: \[\{"run_id":"(ingest|train)\/broken[^{}]*\}\]$/),
  ]);

  /** Why a window of a model could not be judged. */
  async function setAside(model: string): Promise<string> {
    const query =
      'select judge_failure from "window" where model = $1 and judge_failure is not null and judged_at is null';
    const { rows } = await database.pool.query<{ judge_failure: string }>(query, [model]);
    return rows.map((row) => `; set aside: ${row.judge_failure}`).join('');
  }

  /** Labelled windows of traffic until no rollout is under way. */
  async function playOut(model: string, windowsMax: number): Promise<void> {
    for (let window = 0; window < windowsMax && (await settled(model)).rollout !== null; window++) {
      const rows = tinyTable({ seed: `after ${window}`, rows: 50 });
      const predictionIds = rows.map((_, i) => `${model}-after-${window}-${i}`);
      const before = await settled(model);
      await requestJson(inference, 'POST', `/v1/models/${model}/predict`, {
        rows: rows.map(({ cells }) => cells),
        predictionIds,
      });
      await until('the window is stored', async () => (await settled(model)).lastSeq >= before.lastSeq + rows.length);
      const labels = rows.map((row, i) => ({
        labelId: predictionIds[i],
        predictionId: predictionIds[i],
        label: row.label,
      }));
      await requestJson(inference, 'POST', '/v1/labels', { model, labels });
      await until('the window is settled', async () => {
        const now = await settled(model);
        // Said when it takes too long: what it waits for is what went wrong.
        if (!now.isSettled) throw new Error(`it waits for ${now.waitsFor ?? 'labels'}${await setAside(model)}`);
        return now.labels >= before.labels + labels.length;
      });
    }
  }
});

/** What a row of the history says, without what later releases may add. */
function essence(row: object): object {
  return Object.fromEntries(
    Object.entries(row).filter(([key]) =>
      ['moveId', 'fromVersion', 'toVersion', 'actor', 'key', 'retrain'].includes(key),
    ),
  );
}
