import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createArtifactCache } from '../../../src/artifacts/artifact-cache.ts';
import { createArtifactStore, type ArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import { sha256 } from '../../../src/artifacts/digest.ts';
import { openArtifactStore } from '../../../src/artifacts/open-artifact-store.ts';
import { createS3Store, type S3StoreAsk } from '../../../src/artifacts/s3-store.ts';
import { readConfig, type Config } from '../../../src/config.ts';
import { artifactsCheck } from '../../../src/doctor/artifacts.ts';
import type { Facts } from '../../../src/doctor/findings.ts';
import { copyArtifacts, listArtifacts } from '../../../src/installation/backup-artifacts.ts';
import { connectS3, type S3Bucket, type S3Settings } from '../../../src/s3/connect-s3.ts';
import { listKeys } from '../../../src/s3/list-keys.ts';
import { partBytes } from '../../../src/s3/upload.ts';
import { anyPort } from '../../worlds/any-port.ts';
import { createDatabase, type Database } from '../../../src/db/base/connect.ts';
import { createTestDatabase, type TestDatabase } from '../../worlds/database.ts';
import { scrubCases } from '../../worlds/scrub-cases.ts';
import { artifactCases } from '../../worlds/artifact-cases.ts';
import { missingOf } from '../../worlds/python-tool.ts';
import { findWeed, owner, reader, startS3World, type S3World } from '../../worlds/s3.ts';
import { startSilentProxy } from '../../worlds/silent-proxy.ts';
import { titled } from '../../worlds/tools.ts';
import { until } from '../../worlds/wait.ts';

const weed = await findWeed();
const missing = missingOf(weed);

let dir: string;
let world: S3World;
let bucket: S3Bucket;
let folders = 0;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 's3-store-'));
  if (missing !== null) return;
  world = await startS3World(weed);
  bucket = await world.newBucket();
});
afterAll(async () => {
  await world?.stop();
  await rm(dir, { recursive: true, force: true });
});

/** A store as another machine has it: the same bucket, and nothing on its disk. */
function newStore(
  of: Partial<S3StoreAsk> & { readonly settings?: Partial<S3Settings>; readonly bytesMax?: number } = {},
) {
  const folder = path.join(dir, `machine-${folders++}`);
  const settings = { ...world.settings(bucket.name), code: 'configuration', path: 'PERENNIAL_ARTIFACTS' } as const;
  const store: ArtifactStore = createS3Store({
    open: () => connectS3({ ...settings, ...of.settings }),
    prefix: 'any/',
    cache: createArtifactCache(folder, { bytesMax: of.bytesMax ?? 1e9, lentMs: 0 }),
    dir: folder,
    limits: { freshMs: 0 },
    ...of,
  });
  return { store, folder };
}

const keyOf = (digest: string, prefix = 'any/') => `${prefix}${digest.slice(0, 2)}/${digest.slice(2, 4)}/${digest}`;

async function keys(prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of listKeys(bucket, prefix)) found.push(key);
  return found;
}

/** A store gives times in whole seconds: what was put before this moment is old two seconds later. */
async function makeOld(): Promise<number> {
  const putMs = Date.now();
  await until('two seconds have passed', async () => Date.now() > putMs + 2_100);
  return Date.now();
}

describe.skipIf(missing !== null)(titled('an artifact store in a bucket', missing), () => {
  describe('as any artifact store', () => {
    artifactCases(async () => {
      const { store, folder } = newStore();
      return {
        store,
        async damage(digest, text) {
          await world.put(bucket, keyOf(digest), text);
          await rm(path.join(folder, 'cache', digest.slice(0, 2), digest), { force: true });
        },
        makeOld,
        leftovers: async () => [
          ...(await readdir(path.join(folder, 'incoming'))),
          ...(await keys('any/')).filter((key) => key !== keyOf(key.slice(-64))),
        ],
      };
    });
  });

  describe('read again as a whole', () => {
    let place: TestDatabase;
    let database: Database;
    beforeAll(async () => {
      place = await createTestDatabase();
      database = createDatabase(place.url);
    });
    afterAll(async () => {
      await database.close();
      await place.drop();
    });
    scrubCases(
      () => database,
      async () => {
        const { store } = newStore({ prefix: 'scrubbed/' });
        return {
          store,
          // The copy on this disk stays whole: the scrub must look past it.
          damage: (digest, text) => world.put(bucket, keyOf(digest, 'scrubbed/'), text),
          remove: (digest) => world.remove(bucket, keyOf(digest, 'scrubbed/')),
        };
      },
    );
  });

  test('a large file goes in parts, and comes back whole on another machine', async () => {
    const bytes = Buffer.alloc(partBytes + 12_345, 'parts of a large file, ');
    const file = path.join(dir, 'large');
    await writeFile(file, bytes);
    const { store } = newStore();
    const digest = await store.putFile(file);
    const head = await bucket.client.send(
      new bucket.sdk.HeadObjectCommand({ Bucket: bucket.name, Key: keyOf(digest) }),
    );
    expect(head.ETag).toMatch(/-2"$/);
    expect(await store.putFile(file), 'put again it is found there').toBe(digest);
    const elsewhere = newStore().store;
    expect(await elsewhere.sizeOf(digest)).toBe(bytes.length);
    expect((await readFile(await elsewhere.checkedPathOf(digest))).equals(bytes)).toBe(true);
    await world.put(bucket, keyOf(digest), Buffer.alloc(bytes.length, 'other bytes of the same size'));
    await expect(newStore().store.readBytes(digest)).rejects.toMatchObject({ code: 'artifact_corrupt' });
    expect(await store.putFile(file)).toBe(digest);
    expect((await newStore().store.readBytes(digest)).equals(bytes)).toBe(true);
  });

  test('a copy on this disk that rotted is fetched again', async () => {
    const { store } = newStore();
    const digest = await store.putBytes('right');
    const copy = await store.pathOf(digest);
    await writeFile(copy, 'wrong');
    expect((await store.readBytes(digest)).toString()).toBe('right');
    await writeFile(copy, 'wrong');
    expect(await readFile(await store.checkedPathOf(digest), 'utf8')).toBe('right');
  });

  test('copies take no more of the disk than was said, and those used last stay', async () => {
    const { store, folder } = newStore({ bytesMax: 10_000 });
    const digests: string[] = [];
    for (let at = 0; at < 8; at++) digests.push(await store.putBytes(Buffer.alloc(3_000, at)));
    const readable: string[] = [];
    for (const [at, digest] of digests.entries()) {
      const copy = await store.pathOf(digest);
      const usedAtS = Date.now() / 1_000 - 100 + at;
      await utimes(copy, usedAtS, usedAtS);
      readable.push(copy);
    }
    const kept = await Promise.all(
      readable.map((file) =>
        stat(file).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
    );
    expect(kept).toEqual([0, 0, 0, 0, 0, 3_000, 3_000, 3_000]);
    expect((await store.readBytes(digests[0] ?? '')).equals(Buffer.alloc(3_000, 0))).toBe(true);
    expect(await readdir(path.join(folder, 'incoming'))).toEqual([]);
  });

  test('what was lent lately stays, whatever the limit', async () => {
    const folder = path.join(dir, 'lent');
    const cache = createArtifactCache(folder, { bytesMax: 1 });
    const { store } = newStore({ cache });
    const digests = [await store.putBytes('one'), await store.putBytes('two')];
    const paths = await Promise.all(digests.map((digest) => store.pathOf(digest)));
    expect(await Promise.all(paths.map((file) => readFile(file, 'utf8')))).toEqual(['one', 'two']);
  });

  test('who asks at once for the same waits for one download', async () => {
    const { store } = newStore();
    const digest = await store.putBytes('wanted by many');
    const paths = await Promise.all(Array.from({ length: 20 }, () => store.pathOf(digest)));
    expect(new Set(paths).size).toBe(1);
  });

  test('what is put between the look of a sweep and its removal is there afterwards', async () => {
    const { store } = newStore({ prefix: 'race/' });
    const digest = await store.putBytes('contended');
    const sinceMs = await makeOld();
    const puts: Promise<string>[] = [];
    const { store: sweeper } = newStore({
      prefix: 'race/',
      async open() {
        const opened = await connectS3(world.settings(bucket.name));
        opened.client.middlewareStack.add(
          (next) => async (args) => {
            const { Key } = args.input as { readonly Key?: string };
            if (Key !== keyOf(digest, 'race/') || puts.length > 0) return next(args);
            const answer = await next(args);
            // It has looked and found the artifact old: now somebody puts it, and makes it young.
            puts.push(store.putBytes('contended'));
            await until('the artifact is young', async () => {
              const [found] = await store.under(digest.slice(0, 2));
              return (found?.putAtMs ?? 0) + 1_000 > sinceMs;
            });
            return answer;
          },
          { step: 'initialize' },
        );
        return opened;
      },
    });
    expect(await sweeper.sweep(digest, sinceMs), 'it has removed it').toBe(true);
    expect(await Promise.all(puts)).toEqual([digest]);
    expect(await store.sizeOf(digest)).toBe('contended'.length);
    expect(await keys('race/sweeping/')).toEqual([]);
  });

  test('a mark of a sweep that was killed holds a put only while it may be alive', async () => {
    const { store } = newStore({ prefix: 'killed/', limits: { freshMs: 0, deadMs: 2_000 } });
    const digest = await store.putBytes('marked');
    await world.put(bucket, `killed/sweeping/${digest}`, digest);
    const startMs = Date.now();
    await store.putBytes('marked');
    // A mark has the second in which it was laid.
    expect(Date.now() - startMs).toBeGreaterThan(900);
    expect(await store.has(digest)).toBe(true);
    expect(await keys('killed/sweeping/')).toHaveLength(1);
    await store.restoreSwept();
    expect(await keys('killed/sweeping/')).toEqual([]);
  });

  test('a back-up copies a bucket into a folder, and restores it into another', async () => {
    const { store } = newStore({ prefix: 'from/' });
    const digests = (await Promise.all(['a', 'b', 'c'].map((text) => store.putBytes(text)))).toSorted();
    const damaged = digests[1] ?? '';
    await world.put(bucket, keyOf(damaged, 'from/'), '?');
    expect(await listArtifacts(store)).toEqual(digests);
    const backup = createArtifactStore(path.join(dir, 'backup'));
    expect(await copyArtifacts(store, backup, digests)).toEqual({ copied: 2, damaged: [damaged] });
    const { store: restored } = newStore({ prefix: 'to/' });
    const whole = digests.filter((digest) => digest !== damaged);
    expect(await copyArtifacts(backup, restored, whole)).toEqual({ copied: 2, damaged: [] });
    expect(await listArtifacts(restored)).toEqual(whole);
    const away = newStore({ settings: { endpoint: `http://127.0.0.1:${await anyPort()}` } }).store;
    await expect(copyArtifacts(away, backup, [damaged])).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('settings and the environment name the store, and the doctor looks whether it answers', async () => {
    const known = { id: process.env['AWS_ACCESS_KEY_ID'], key: process.env['AWS_SECRET_ACCESS_KEY'] };
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: owner.accessKeyId, AWS_SECRET_ACCESS_KEY: owner.secretAccessKey });
    const configOf = (name: string) =>
      readConfig({
        PERENNIAL_STATE_DIR: path.join(dir, 'state'),
        PERENNIAL_ARTIFACTS: `s3://${name}/by/settings`,
        PERENNIAL_ARTIFACTS_ENDPOINT: world.endpoint,
      });
    const findings = (config: Config) => artifactsCheck.run({ config } as Facts);
    try {
      const config = configOf(bucket.name);
      const digest = await openArtifactStore(config).putBytes('by settings');
      expect(await keys('by/')).toEqual([keyOf(digest, 'by/settings/')]);
      expect(await findings(config)).toMatchObject([
        { name: 'artifacts', state: 'ok', says: `s3://${bucket.name}/by/settings answers` },
      ]);
      expect(await findings(configOf('nowhere'))).toMatchObject([
        { state: 'fail', says: 'The bucket nowhere is not there', fix: 'Make the bucket, or correct its name.' },
      ]);
      expect(await findings(readConfig({}))).toEqual([]);
    } finally {
      for (const [name, value] of [
        ['AWS_ACCESS_KEY_ID', known.id],
        ['AWS_SECRET_ACCESS_KEY', known.key],
      ] as const)
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
    }
  });

  test('a store that is away, silent or closed to us says so in one sentence', async () => {
    const asks: readonly ((store: ArtifactStore) => Promise<unknown>)[] = [
      (store) => store.putBytes('x'),
      (store) => store.readBytes(sha256('never fetched')),
      (store) => store.has(sha256('x')),
      (store) => store.under('ab'),
      (store) => store.sweep(sha256('x'), Date.now()),
    ];
    const away = newStore({ settings: { endpoint: `http://127.0.0.1:${await anyPort()}` } }).store;
    const proxy = await startSilentProxy(world.endpoint);
    proxy.silence(true);
    const silent = newStore({ settings: { endpoint: proxy.url, timeoutMs: 150 } }).store;
    const closed = newStore({ settings: { credentials: reader } }).store;
    const nowhere = newStore({ settings: { bucket: 'nowhere' } }).store;
    const path_ = 'PERENNIAL_ARTIFACTS';
    const message = expect.stringMatching(/^The (store of the )?bucket [a-z0-9-]+ [a-z ]+\.$/);
    try {
      await Promise.all(
        asks.flatMap((ask) => [
          expect(ask(away)).rejects.toMatchObject({ code: 'unavailable', retryable: true, path: path_, message }),
          expect(ask(silent)).rejects.toMatchObject({ code: 'unavailable', path: path_, message }),
          expect(ask(closed)).rejects.toMatchObject({ code: 'configuration', path: path_, message }),
        ]),
      );
      await expect(nowhere.putBytes('x')).rejects.toMatchObject({ code: 'configuration' });
    } finally {
      await proxy.close();
    }
  });
});
