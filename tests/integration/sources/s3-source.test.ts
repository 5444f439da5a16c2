import { lookup } from 'node:dns/promises';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createArtifactStore, type ArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import { sha256 } from '../../../src/artifacts/digest.ts';
import type { S3Source } from '../../../src/domain/spec/source-spec.ts';
import { connectS3 } from '../../../src/s3/connect-s3.ts';
import { listKeys } from '../../../src/s3/list-keys.ts';
import type { SourcePlace } from '../../../src/sources/port.ts';
import { connectSource, declareSource, describeSource } from '../../../src/sources/registry.ts';
import { anyPort } from '../../worlds/any-port.ts';
import { objectsCases, readObjects, type ObjectsPlace } from '../../worlds/objects-cases.ts';
import { missingOf } from '../../worlds/python-tool.ts';
import { findWeed, owner, reader, readerBucket, startS3World, type S3World } from '../../worlds/s3.ts';
import { startSilentProxy } from '../../worlds/silent-proxy.ts';
import { titled } from '../../worlds/tools.ts';

const weed = await findWeed();
const missing = missingOf(weed);

let dir: string;
let store: ArtifactStore;
let world: S3World;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 's3-source-'));
  store = createArtifactStore(path.join(dir, 'store'));
  if (missing === null) world = await startS3World(weed);
});
afterAll(async () => {
  await world?.stop();
  await rm(dir, { recursive: true, force: true });
});

const secrets: Readonly<Record<string, string>> = {
  'owner-id': owner.accessKeyId,
  'owner-key': owner.secretAccessKey,
  'reader-id': reader.accessKeyId,
  'reader-key': reader.secretAccessKey,
};
const placeOf = (host: string): SourcePlace => ({
  roots: [],
  store,
  buckets: [
    ...['away', 'nowhere', readerBucket, 'fake'].map((bucket) => `s3://${bucket}`),
    ...Array.from({ length: 30 }, (_, count) => `s3://bucket-${count}/days`),
  ],
  privateHosts: [host],
  secret: async (name) => secrets[name] ?? 'no such secret',
});
const specOf = (bucket: string, endpoint: string, more: Partial<S3Source> = {}): S3Source => ({
  kind: 's3',
  url: `s3://${bucket}/days/`,
  format: 'csv',
  endpoint,
  credentials: { accessKeyId: 'owner-id', secretAccessKey: 'owner-key' },
  ...more,
});
const sourceOf = (bucket: string, more: Partial<S3Source> = {}) => {
  const endpoint = more.endpoint ?? world.endpoint;
  return connectSource(specOf(bucket, endpoint, more), placeOf(new URL(endpoint).host));
};

describe.skipIf(missing !== null)(titled('a bucket of a real store', missing), () => {
  describe('as any source of objects', () => {
    objectsCases(async (): Promise<ObjectsPlace> => {
      const bucket = await world.newBucket();
      return {
        put: (key, text) => world.put(bucket, `days/${key}`, text),
        remove: (key) => world.remove(bucket, `days/${key}`),
        source: async (options = {}) => sourceOf(bucket.name, options),
        nameOf: (key) => `s3://${bucket.name}/days/${key}`,
      };
    });
  });

  test('a list goes over pages, and what lies beside the prefix is not in it', async () => {
    const bucket = await world.newBucket();
    const keys = Array.from({ length: 2_500 }, (_, at) => `days/${String(at).padStart(4, '0')}.csv`);
    await world.put(bucket, 'days-not/1.csv', 'beside');
    await world.fill(bucket, keys);
    const source = sourceOf(bucket.name);
    expect(await source.lag(null)).toEqual({ unread: 2_500, unit: 'files' });
    expect((await source.identify()).bytes).toBe(2_500);
  });

  test('an object that changes after it was listed is left for the next time', async () => {
    const bucket = await world.newBucket();
    await world.put(bucket, 'days/a.csv', 'a');
    await world.put(bucket, 'days/b.csv', 'as it was listed');
    await world.put(bucket, 'days/c.csv', 'c');
    const source = sourceOf(bucket.name);
    const names: string[] = [];
    let cursor: string | null = null;
    for await (const batch of source.open(null, path.join(dir, 'work'))) {
      names.push(path.basename(batch.name));
      cursor = batch.next;
      if (names.length === 1) await world.put(bucket, 'days/b.csv', 'written meanwhile');
    }
    expect(names).toEqual(['a.csv', 'c.csv']);
    expect(await readObjects(source, cursor)).toMatchObject([{ text: 'written meanwhile' }]);
  });

  describe('what a person has to repair', () => {
    const refusalOf = (bucket: string, more: Partial<S3Source> = {}) =>
      sourceOf(bucket, more)
        .identify()
        .then(
          () => null,
          (error: unknown) => error,
        );

    test('wrong credentials, no such bucket, and one that may not be read', async () => {
      const bucket = await world.newBucket();
      const invalid = { code: 'invalid_data', path: 'source' };
      const wrong = { accessKeyId: 'owner-id', secretAccessKey: 'reader-key' };
      expect(await refusalOf(bucket.name, { credentials: wrong })).toMatchObject({
        ...invalid,
        message: `The bucket ${bucket.name} does not take these credentials.`,
        hint: 'Correct the secret access key.',
      });
      expect(await refusalOf('nowhere')).toMatchObject({
        ...invalid,
        message: 'The bucket nowhere is not there.',
      });
      const theReader = { accessKeyId: 'reader-id', secretAccessKey: 'reader-key' };
      expect(await refusalOf(bucket.name, { credentials: theReader })).toMatchObject({
        ...invalid,
        message: `The bucket ${bucket.name} may not be used by these credentials.`,
      });
      const readable = await world.newBucket(readerBucket);
      await world.put(readable, 'days/a.csv', 'a');
      expect(await readObjects(sourceOf(readerBucket, { credentials: theReader }))).toMatchObject([{ text: 'a' }]);
    });

    test('no sentence holds a secret or the words of the library', async () => {
      const bucket = await world.newBucket();
      const wrong = { accessKeyId: 'owner-id', secretAccessKey: 'reader-key' };
      for (const error of [
        await refusalOf(bucket.name, { credentials: wrong }),
        await refusalOf(bucket.name, { endpoint: `http://127.0.0.1:${await anyPort()}` }),
      ]) {
        const said = JSON.stringify(error, Object.getOwnPropertyNames(error)) + String((error as Error).cause);
        expect(said).not.toMatch(/the secret of|signature|ECONNREFUSED|smithy|aws/i);
      }
    });
  });

  test('a store that is away, or silent, is asked again', async () => {
    const away = sourceOf('away', { endpoint: `http://127.0.0.1:${await anyPort()}` });
    const unavailable = { code: 'unavailable', retryable: true };
    const message = 'The store of the bucket away did not answer.';
    await expect(away.identify()).rejects.toMatchObject({ ...unavailable, message });
    const bucket = await world.newBucket();
    const proxy = await startSilentProxy(world.endpoint);
    const client = await connectS3(world.settings(bucket.name, { endpoint: proxy.url, timeoutMs: 200 }));
    try {
      const list = async () => {
        const found: string[] = [];
        for await (const { key } of listKeys(client, '')) found.push(key);
        return found;
      };
      expect(await list()).toEqual([]);
      proxy.silence(true);
      await expect(list()).rejects.toMatchObject(unavailable);
    } finally {
      client.close();
      await proxy.close();
    }
  });

  test('the inside of the network is reached only where an operator has listed it', async () => {
    const bucket = await world.newBucket();
    const spec = specOf(bucket.name, world.endpoint);
    const unlisted = connectSource(spec, { ...placeOf(world.host), privateHosts: [] });
    const refused = {
      code: 'invalid_data',
      message: `The endpoint ${world.endpoint} is a private address.`,
      hint: expect.stringContaining('PERENNIAL_SOURCE_PRIVATE_HOSTS'),
    };
    await expect(unlisted.identify()).rejects.toMatchObject(refused);
    await expect(unlisted.refuseForeign()).rejects.toMatchObject(refused);
    const { credentials: _, ...bare } = spec;
    const lent = connectSource({ ...bare, endpoint: 'https://store.example' }, placeOf(world.host));
    await expect(lent.refuseForeign()).rejects.toMatchObject({
      code: 'invalid_data',
      message: `The source ${spec.url} names an endpoint without credentials of its own.`,
    });
    const outside = connectSource({ ...spec, url: 's3://bucket-00/days' }, placeOf(world.host));
    await expect(outside.refuseForeign()).rejects.toMatchObject({
      message: 'The source s3://bucket-00/days lies outside of the source roots of this model.',
    });
    const beside = { ...placeOf(world.host), buckets: [`s3://${bucket.name}/day`] };
    await expect(connectSource(spec, beside).refuseForeign()).rejects.toMatchObject({ code: 'invalid_data' });
  });
});

describe('a store that misbehaves', () => {
  let server: Server | null = null;
  afterAll(() => new Promise<void>((resolve) => void (server?.close(() => resolve()) ?? resolve())));

  /** Answers as a store whose one object has this key and is said to have ten bytes. */
  async function fakeStore(key: string, get: RequestListener, times = 1): Promise<string> {
    server?.close();
    server = createServer((request, response) => {
      if (!(request.url ?? '').includes('list-type=2')) return get(request, response);
      response.setHeader('content-type', 'application/xml');
      const name = encodeURIComponent(`days/${key}`);
      const listed = `<Contents><Key>${name}</Key><ETag>"e"</ETag><Size>10</Size></Contents>`;
      response.end(
        `<?xml version="1.0"?><ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>` +
          `${listed.repeat(times)}</ListBucketResult>`,
      );
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const whole = { 'content-length': '10', etag: '"e"' };

  test.each<[string, RequestListener]>([
    [
      'is cut',
      (_, response) => {
        response.writeHead(200, whole);
        response.write('12345', () => response.destroy());
      },
    ],
    [
      'has other bytes than the checksum that the store keeps',
      (_, response) => {
        const checksum = Buffer.from(sha256('0123456789'), 'hex').toString('base64');
        response.writeHead(200, { ...whole, 'x-amz-checksum-sha256': checksum }).end('012345678!');
      },
    ],
  ])('a transfer that %s is no batch', async (_, get) => {
    const endpoint = await fakeStore('a.csv', get);
    await expect(readObjects(sourceOf('fake', { endpoint }))).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The store of the bucket fake did not answer.',
    });
  });

  test.each([
    ['is of another size', { 'content-length': '1', etag: '"e"' }, '1'],
    ['has no stated size', { etag: '"e"' }, '01234'],
    ['is another one', { 'content-length': '10', etag: '"f"' }, '0123456789'],
  ])('an answer that %s than was listed is no batch, whatever the store knows of conditions', async (_, head, body) => {
    const endpoint = await fakeStore('a.csv', (__, response) => void response.writeHead(200, head).end(body));
    expect(await readObjects(sourceOf('fake', { endpoint }))).toEqual([]);
  });

  test.each([
    ['a list', 200],
    ['an error', 500],
  ])('%s without end is cut', async (_, status) => {
    server?.close();
    let sent = 0;
    server = createServer((__, response) => {
      response.writeHead(status, { 'content-type': 'application/xml' });
      const more = (): void => {
        while (!response.destroyed && (sent += 65_536) < 2 ** 30 && response.write(' '.repeat(65_536)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(sourceOf('fake', { endpoint }).identify()).rejects.toMatchObject({ code: 'unavailable' });
    // Three attempts of 16 MiB, and what was on its way.
    expect(sent).toBeLessThan(100 * 2 ** 20);
  });

  test('a key that is listed twice is taken once', async () => {
    const get: RequestListener = (_, response) => void response.writeHead(200, whole).end('0123456789');
    const endpoint = await fakeStore('a.csv', get, 2);
    expect(await readObjects(sourceOf('fake', { endpoint }))).toHaveLength(1);
  });

  test('a key that looks like a path leads nowhere', async () => {
    const get: RequestListener = (_, response) => void response.writeHead(200, whole).end('0123456789');
    const endpoint = await fakeStore('/tmp/perennial-was-here.csv', get);
    const work = path.join(dir, 'odd');
    for await (const batch of sourceOf('fake', { endpoint }).open(null, work)) {
      expect(batch.path).toBe(path.join(work, 'source'));
      expect(batch.name).toBe('s3://fake/days//tmp/perennial-was-here.csv');
    }
    expect(await readdir(work)).toEqual(['source']);
    // What begins with dots is scratch, two of them among others.
    const up = await fakeStore('../../perennial-was-here.csv', get);
    expect(await readObjects(sourceOf('fake', { endpoint: up }))).toEqual([]);
  });

  test('a name that leads to the inside of the network is refused where it is used', async () => {
    const own = await lookup(hostname()).catch(() => null);
    // Where a machine does not know its own name, the call fails for that, and is refused nonetheless.
    const endpoint = await fakeStore('a.csv', (_, response) => void response.end('0123456789'));
    const named = endpoint.replace('127.0.0.1', hostname());
    const source = connectSource(specOf('fake', named), { ...placeOf(''), privateHosts: [] });
    await expect(source.identify()).rejects.toMatchObject(
      own === null
        ? { code: 'unavailable' }
        : { code: 'invalid_data', message: 'The bucket fake is not read: its endpoint is a private address.' },
    );
  });
});

test('it is described by its address and declared by its word', () => {
  const spec = specOf('bucket', 'https://store.example');
  expect(describeSource(spec)).toBe('s3://bucket/days/');
  const { kind: _, url: __, ...options } = spec;
  expect(declareSource(spec)).toEqual({ word: 's3', args: ['s3://bucket/days/', options] });
});
