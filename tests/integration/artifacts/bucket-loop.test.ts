import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { S3Bucket } from '../../../src/s3/connect-s3.ts';
import { listKeys } from '../../../src/s3/list-keys.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
import { missingOf } from '../../worlds/python-tool.ts';
import { findWeed, owner, startS3World, type S3World } from '../../worlds/s3.ts';
import { tinyTable, toCsv } from '../../worlds/tiny-table.ts';
import { titled } from '../../worlds/tools.ts';
import { until } from '../../worlds/wait.ts';

const weed = await findWeed();
const missing = missingOf(weed);

describe.skipIf(missing !== null)(titled('an installation whose artifacts lie in a bucket', missing), () => {
  let store: S3World;
  let artifacts: S3Bucket;
  let lake: S3Bucket;
  let world: LoopWorld;
  const before = { ...process.env };
  beforeAll(async () => {
    store = await startS3World(weed);
    [artifacts, lake] = [await store.newBucket('artifacts'), await store.newBucket('lake')];
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: owner.accessKeyId,
      AWS_SECRET_ACCESS_KEY: owner.secretAccessKey,
      PERENNIAL_ARTIFACTS: 's3://artifacts/of/tests',
      PERENNIAL_ARTIFACTS_ENDPOINT: store.endpoint,
      PERENNIAL_SOURCE_PRIVATE_HOSTS: store.host,
    });
    world = await startLoopWorld(['tiny=s3://lake/days/']);
  });
  afterAll(async () => {
    await world?.close();
    await store?.stop();
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  });

  test('a model learns from objects of another bucket, and answers', async () => {
    const rows = tinyTable({ seed: 'history', rows: 400 });
    for (const [day, from] of [0, 200].entries())
      await store.put(lake, `days/${day}.csv`, toCsv(rows.slice(from, from + 200)));
    const spec = await world.define('tiny', {
      source: { kind: 's3', url: 's3://lake/days/', format: 'csv', endpoint: store.endpoint },
    });
    await world.apply(spec);
    await until('it has a champion', async () => (await world.settled('tiny')).championVersion === 1);
    await world.play('tiny', 1);
    const keys: string[] = [];
    for await (const { key } of listKeys(artifacts, '')) keys.push(key);
    expect(keys.length).toBeGreaterThan(5);
    expect(keys.filter((key) => !/^of\/tests\/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{64}$/.test(key))).toEqual([]);
  });
});
