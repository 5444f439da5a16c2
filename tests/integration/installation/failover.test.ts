import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../../../src/db/base/connect.ts';
import { migrate } from '../../../src/db/base/migrate.ts';
import { isAcknowledged } from '../../../src/db/routing/routing.ts';
import type { RoutedVersion } from '../../../src/domain/rollout/routing.ts';
import { createKeptSegments } from '../../../src/serving/spool/kept-segments.ts';
import { reshipKept } from '../../../src/serving/spool/reship.ts';
import { startShipper } from '../../../src/serving/spool/shipper.ts';
import { createServingWorld, silentLog, type ServingWorld } from '../../worlds/serving-world.ts';
import { startReplicatedPostgres, type ReplicatedPostgres } from '../../worlds/standby.ts';
import { until } from '../../worlds/wait.ts';

/** One installation whose Postgres is lost, with a standby that lacks the last of it. */
let postgres: ReplicatedPostgres;
let world: ServingWorld;

beforeAll(async () => {
  postgres = await startReplicatedPostgres();
  const first = createDatabase(postgres.url);
  await migrate(first);
  await first.close();
  world = await createServingWorld({ url: postgres.url, drop: () => Promise.resolve() });
  await world.serve();
});
afterAll(async () => {
  await world.close();
  await postgres.close();
});

async function ask(predictionId: string): Promise<number | undefined> {
  const rows = [{ amount: 12, merchant: 'a', night: false, card: predictionId }];
  const { body } = await world.request('/v1/models/fraud/predict', { rows, predictionIds: [predictionId] });
  return body.predictions[0]?.version;
}

const answeredBy = (version: number, id: string) =>
  until(`version ${version} answers`, async () => (await ask(id)) === version);

const label = (labelId: string, predictionId: string) =>
  world.request('/v1/labels', { model: 'fraud', labels: [{ labelId, predictionId, label: 'fraud' }] });

/** Puts all that was answered into Postgres, and keeps it for a while as an inference process does. */
async function ship(): Promise<void> {
  const kept = createKeptSegments(world.spoolDir, { ageMs: 3_600_000, bytesMax: 10_000_000 }, silentLog);
  const shipper = startShipper({ dir: world.spoolDir, sink: world.sink, log: silentLog, kept, intervalMs: 60_000 });
  await until('everything is stored', () => shipper.shipOnce());
  await shipper.stop();
  kept.stop();
}

async function stored(): Promise<unknown> {
  const { rows } = await world.database.pool.query(
    `select (select array_agg(prediction_id order by prediction_id) from prediction) as predictions,
      (select array_agg(label_id order by label_id) from label) as labels,
      (select count(distinct seq)::int from prediction) as places`,
  );
  return rows[0];
}

/** Another content under a number that was given before the failover, as whoever takes over does not know better. */
async function routeAgain(revision: number, champion: RoutedVersion): Promise<void> {
  await world.database.pool.query(
    `update routing set revision = $1::int,
       entry = entry || jsonb_build_object('revision', $1::int, 'champion', $2::jsonb)
     where model = 'fraud'`,
    [revision, JSON.stringify(champion)],
  );
}

test('a standby that lost the last second takes over, and nothing that was answered is lost', async () => {
  const startedMs = Date.now();
  const one = await world.addVersion(1, [0.75, 0.25]);
  const two = await world.addVersion(2, [0.25, 0.75]);
  const three = await world.addVersion(3, [0.5, 0.5]);
  const standing = await world.route({ champion: one, stage: 'steady' });
  await answeredBy(1, 'before-1');
  await ask('before-2');
  await label('l-1', 'before-1');
  await ship();
  await postgres.caughtUp();

  // The last second: stored and acknowledged by the primary, and never seen by the standby.
  await postgres.cutOff();
  const lost = await world.route({ champion: two, stage: 'steady' });
  await answeredBy(2, 'lost-1');
  await label('l-2', 'before-2');
  await label('l-3', 'lost-1');
  await ship();
  const all = await stored();
  await postgres.failOver();

  // It answers as what stands says, which is an earlier revision, and then another one under the number that was lost.
  await answeredBy(1, 'after-1');
  expect(await until('the standby is asked', stored)).toMatchObject({ labels: ['l-1'] });
  await routeAgain(lost, three);
  await answeredBy(3, 'after-2');
  await until('what stands now is acknowledged', () => isAcknowledged(world.database.db, 'fraud', lost));
  expect(lost).toBe(standing + 1);

  expect((await reshipKept(world.spoolDir, startedMs)).segments).toBeGreaterThan(1);
  await ship();
  const { predictions, labels, places } = (await stored()) as {
    predictions: string[];
    labels: string[];
    places: number;
  };
  expect(predictions).toEqual(expect.arrayContaining((all as { predictions: string[] }).predictions));
  expect(predictions).toEqual(expect.arrayContaining(['after-1', 'after-2']));
  expect(new Set(predictions).size).toBe(predictions.length);
  expect(places).toBe(predictions.length);
  expect(labels).toEqual(['l-1', 'l-2', 'l-3']);
});
