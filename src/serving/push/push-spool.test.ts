import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PerennialError } from '../../domain/words/errors.ts';
import type { PushedRequest, PushEnd, PushSink } from '../ports.ts';
import { encodePush, parsePush, pushFolder, type PushFile } from './push-file.ts';
import { createPushSpool, type PushSpool } from './push-spool.ts';
import { reshipPushes } from './reship-pushes.ts';
import { startPushShipper, type PushShipper } from './ship-pushes.ts';

const said: { level: string; about: object }[] = [];
const log = {
  info: () => undefined,
  warn: (about: object) => void said.push({ level: 'warn', about }),
  error: (about: object) => void said.push({ level: 'error', about }),
};
let spoolDir: string;
let spool: PushSpool;
let shipper: PushShipper | undefined;
beforeEach(async () => {
  spoolDir = await mkdtemp(join(tmpdir(), 'pushes-'));
  spool = createPushSpool({ spoolDir, log });
  said.length = 0;
});
afterEach(async () => {
  await shipper?.stop();
  spool.close();
  await rm(spoolDir, { recursive: true, force: true });
});

function request(key: string, values: readonly number[], model = 'shop'): PushFile {
  return {
    model,
    keyHash: key,
    bodyDigest: `digest of ${values.join()}`,
    answer: { specRevision: 1, rows: values.length, setAside: [[0, ['x.range']]] },
    receivedAtMs: 1_000,
    rows: values.length,
    lines: Buffer.from(values.map((value) => `{"x":${value}}\n`).join('')),
  };
}

const files = async (): Promise<readonly string[]> => (await readdir(join(spoolDir, pushFolder))).toSorted();

/** A sink that keeps what it is given, and can be told to fail. */
function sink(fails: (model: string, requests: readonly PushedRequest[]) => Error | null = () => null) {
  const stored: { model: string; keys: string[] }[] = [];
  const known = new Map<string, string>();
  const store: PushSink['store'] = (model, requests) => {
    const failure = fails(model, requests);
    if (failure !== null) return Promise.reject(failure);
    const ends = requests.map(({ keyHash, bodyDigest }): PushEnd => {
      const before = known.get(keyHash);
      known.set(keyHash, before ?? bodyDigest);
      if (before === undefined) return 'stored';
      return before === bodyDigest ? 'already' : 'conflict';
    });
    const keys = requests.filter((_, index) => ends[index] === 'stored').map(({ keyHash }) => keyHash);
    stored.push({ model, keys });
    return Promise.resolve(ends);
  };
  return { store, stored };
}

function ship(to: PushSink, onRefused?: (refused: readonly object[]) => Promise<void>): PushShipper {
  shipper = startPushShipper({
    spoolDir,
    sink: to,
    log,
    intervalMs: 3_600_000,
    ...(onRefused === undefined ? {} : { onRefused }),
  });
  return shipper;
}

/** Files are ordered by when they were written; here they say so themselves. */
async function age(key: string, secondsAgo: number): Promise<void> {
  const at = Date.now() / 1_000 - secondsAgo;
  await utimes(join(spoolDir, pushFolder, `${key}.ready`), at, at);
}

test('a file holds the request as it was, and one that was cut short is none', () => {
  const whole = request('k', [1, 2]);
  const bytes = encodePush(whole);
  expect(parsePush(bytes)).toEqual(whole);
  for (let length = 0; length < bytes.length; length++)
    expect(() => parsePush(bytes.subarray(0, length)), `${length} bytes`).toThrow(PerennialError);
});

test('of those who put the same key at once one is the first, and nothing is left half-written', async () => {
  const ends = await Promise.all([1, 2, 3, 4].map((value) => spool.put(request('k', [value]))));
  expect(ends.filter(Boolean)).toHaveLength(1);
  expect(await files()).toEqual(['k.ready']);
  const kept = await createPushSpool({ spoolDir, log }).find('k');
  expect(kept?.lines.toString()).toBe(`{"x":${ends.indexOf(true) + 1}}\n`);
  expect(await spool.find('other')).toBeNull();
});

test('requests of a model are stored together, in the order in which they came, and then go', async () => {
  for (const [key, secondsAgo] of [
    ['c', 30],
    ['a', 20],
    ['b', 10],
  ] as const) {
    await spool.put(request(key, [1]));
    await age(key, secondsAgo);
  }
  await spool.put(request('z', [1], 'other'));
  const to = sink();
  expect(await ship(to).shipOnce()).toBe(true);
  expect(to.stored).toEqual([
    { model: 'shop', keys: ['c', 'a', 'b'] },
    { model: 'other', keys: ['z'] },
  ]);
  expect(await files()).toEqual([]);
});

test('what cannot be stored now waits, and keeps no other model from being stored', async () => {
  await spool.put(request('a', [1]));
  await spool.put(request('z', [1], 'other'));
  let isAway = true;
  const to = sink((model) => (isAway && model === 'shop' ? new Error('away') : null));
  const shipping = ship(to);
  expect(await shipping.shipOnce()).toBe(false);
  expect(await files()).toEqual(['a.ready']);
  isAway = false;
  expect(await shipping.shipOnce()).toBe(true);
  expect(to.stored.flatMap(({ keys }) => keys).toSorted()).toEqual(['a', 'z']);
});

test('what comes within one step of the clock of files is seen, although that clock is behind ours', async () => {
  const to = sink();
  const shipping = ship(to);
  const folder = join(spoolDir, pushFolder);
  await utimes(folder, 1_000, 1_000);
  expect(await shipping.shipOnce()).toBe(true);
  await spool.put(request('late', [1]));
  await utimes(folder, 1_000, 1_000);
  expect(await shipping.shipOnce()).toBe(true);
  expect(to.stored).toEqual([{ model: 'shop', keys: ['late'] }]);
});

test('stored although it was told otherwise, it is stored once', async () => {
  await spool.put(request('a', [1]));
  const to = sink();
  let lies = 1;
  const lying: PushSink = {
    async store(model, requests) {
      const ends = await to.store(model, requests);
      if (lies-- > 0) throw new Error('the connection broke');
      return ends;
    },
  };
  const shipping = ship(lying);
  expect(await shipping.shipOnce()).toBe(false);
  expect(await shipping.shipOnce()).toBe(true);
  expect(to.stored).toEqual([
    { model: 'shop', keys: ['a'] },
    { model: 'shop', keys: [] },
  ]);
  expect(await files()).toEqual([]);
});

test('what the database refuses for its content is set aside alone and told, and the rest is stored', async () => {
  for (const key of ['a', 'bad', 'c']) await spool.put(request(key, [1]));
  const to = sink((_, requests) =>
    requests.some(({ keyHash }) => keyHash === 'bad') ? new PerennialError('invalid_data', 'too odd') : null,
  );
  const told: object[] = [];
  await ship(to, (refused) => Promise.resolve(void told.push(...refused))).shipOnce();
  expect(to.stored.flatMap(({ keys }) => keys).toSorted()).toEqual(['a', 'c']);
  expect(await files()).toEqual(['bad.bad']);
  expect(told).toEqual([{ model: 'shop', reason: 'invalid_data: too odd' }]);
});

test('the key of other rows that was taken while the database was away is set aside and told', async () => {
  const to = sink();
  await spool.put(request('k', [1]));
  const told: object[] = [];
  const shipping = ship(to, (refused) => Promise.resolve(void told.push(...refused)));
  await shipping.shipOnce();
  await spool.put(request('k', [2]));
  expect(await shipping.shipOnce()).toBe(true);
  expect(await files()).toEqual(['k.bad']);
  expect(told).toEqual([
    { model: 'shop', reason: 'its Idempotency-Key was used for other rows while the database was away' },
  ]);
});

test('a file that is no request is set aside, and what a dead process left half-written goes', async () => {
  const dir = join(spoolDir, pushFolder);
  await writeFile(join(dir, 'torn.ready'), '{"type":"push"');
  await writeFile(join(dir, 'old.tmp'), 'half');
  await utimes(join(dir, 'old.tmp'), 1_000, 1_000);
  await writeFile(join(dir, 'new.tmp'), 'half');
  expect(await ship(sink()).shipOnce()).toBe(true);
  expect(await files()).toEqual(['new.tmp', 'torn.bad']);
});

test('rows that were set aside come back under a key of their own, however often, and count once', async () => {
  await spool.put(request('used', [1]));
  const to = sink();
  const shipping = ship(to);
  await shipping.shipOnce();
  await spool.put(request('used', [2, 3]));
  await shipping.shipOnce();
  await writeFile(join(spoolDir, pushFolder, 'cut.bad'), 'half of a fi');
  expect(await files()).toEqual(['cut.bad', 'used.bad']);
  expect(await reshipPushes(spoolDir)).toEqual({ requests: 1, rows: 2 });
  await shipping.shipOnce();
  expect(to.stored.map(({ keys }) => keys.length)).toEqual([1, 0, 1]);
  expect(await files(), 'what is not whole stays').toEqual(['cut.bad']);
  await spool.put(request('used', [2, 3]));
  await shipping.shipOnce();
  expect(await reshipPushes(spoolDir)).toEqual({ requests: 1, rows: 2 });
  await shipping.shipOnce();
  expect(
    to.stored.map(({ keys }) => keys.length),
    'sent again',
  ).toEqual([1, 0, 1, 0, 0]);
});

test('a spool without pushed rows has nothing to send again', async () => {
  expect(await reshipPushes(join(spoolDir, 'nowhere'))).toEqual({ requests: 0, rows: 0 });
});
