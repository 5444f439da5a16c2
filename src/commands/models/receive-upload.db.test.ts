import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore } from '../../artifacts/artifact-store.ts';
import { createDatabase, type Database } from '../../db/base/connect.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/worlds/database.ts';
import { silentBus } from '../../../tests/worlds/silent-bus.ts';
import type { CommandContext } from '../base/context.ts';
import type { ImportParts } from './import-model.ts';
import { receiveUpload } from './receive-upload.ts';

let place: TestDatabase;
let database: Database;
let folder: string;
let parts: ImportParts;
beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url, { connectionsMax: 4, onIdleError: () => undefined });
  folder = await mkdtemp(path.join(tmpdir(), 'uploads-'));
  parts = { store: createArtifactStore(path.join(folder, 'store')), workDir: path.join(folder, 'work') };
});
afterAll(async () => {
  await database.close();
  await place.drop();
  await rm(folder, { recursive: true, force: true });
});

function somebody(uploadBytesPerDay: number): CommandContext {
  const principal = { tokenId: randomUUID(), name: 'ana', role: 'admin', scope: '*' } as const;
  return { database, bus: silentBus(), principal, uploadBytesPerDay };
}
const send = (context: CommandContext, bytes: number, isDeclared = true) =>
  receiveUpload(context, parts, Readable.from([Buffer.alloc(bytes, bytes)]), isDeclared ? bytes : null);

test('a token may send so much a day, and no other token pays for it', async () => {
  const context = somebody(100);
  expect(await send(context, 60)).toMatchObject({ bytes: 60 });
  await expect(send(context, 60)).rejects.toMatchObject({ code: 'rate_limited' });
  expect(await send(context, 40)).toMatchObject({ bytes: 40 });
  await expect(send(context, 1, false)).rejects.toMatchObject({ code: 'rate_limited' });
  expect(await send(somebody(100), 60)).toMatchObject({ bytes: 60 });
});

test('of two at once that would fit alone, one is refused before its first byte', async () => {
  const context = somebody(100);
  const outcomes = await Promise.allSettled([send(context, 60), send(context, 60)]);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
});

test('one that does not say its size is cut at what is left, and what came counts', async () => {
  const context = somebody(100);
  await expect(send(context, 150, false)).rejects.toMatchObject({ code: 'too_large' });
  await expect(send(context, 10)).rejects.toMatchObject({ code: 'rate_limited' });
  expect(await readdir(parts.workDir)).toEqual([]);
});
