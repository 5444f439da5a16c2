import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { appendFile, cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cardVerb } from '../../../src/cli/verbs/versions/card.ts';
import { exportVerb } from '../../../src/cli/verbs/versions/export.ts';
import { signingKeyShowVerb } from '../../../src/cli/verbs/versions/signing-key-show.ts';
import { runLine } from '../../../src/cli/line/run-line.ts';
import { readConfig } from '../../../src/config.ts';
import { audit } from '../../../src/db/schema/index.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
import { findModelSigning } from '../../worlds/model-signing.ts';
import { missingOf } from '../../worlds/python-tool.ts';
import { titled } from '../../worlds/tools.ts';

/** The command line of OpenSSF Model Signing, unmodified: what it takes, whoever is given an export can take. */
const found = await findModelSigning();
const missing = missingOf(found);
const command = 'command' in found ? found.command : '';

let world: LoopWorld;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'export-'));
  world = await startLoopWorld();
  // The model does not see the colour: rows carry it for the groups and slices alone.
  await world.champion('shop.orders', {
    features: [
      { kind: 'number', name: 'height', missing: 'allow' },
      { kind: 'number', name: 'width', missing: 'allow' },
      { kind: 'category', name: 'colour', missing: 'allow', use: 'derived' },
    ],
    slices: ['colour'],
    fairness: { groups: ['colour', { feature: 'width', cuts: [0] }] },
  });
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

/** One line of the command line, as an admin types it. */
async function type(...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  let said = '';
  const keep = (text: string): void => void (said += text);
  const code = await runLine(
    {
      verbs: [cardVerb, exportVerb, signingKeyShowVerb],
      longVerbs: [],
      streams: { out: keep, err: keep },
      readConfig: () =>
        readConfig({ PERENNIAL_CONTROL_URL: world.stack.controlUrl, PERENNIAL_TOKEN: world.stack.tokens.admin }),
    },
    args,
  );
  return { code, said };
}

/** A fresh copy of an export, to be changed. */
async function copyOf(exported: string, name: string): Promise<string> {
  const copy = path.join(folder, name);
  await cp(exported, copy, { recursive: true });
  return copy;
}

async function verify(
  exported: string,
  publicKey: string,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const signature = path.join(exported, 'model.sig');
  const args = ['verify', 'key', exported, '--signature', signature, '--public_key', publicKey];
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', COLUMNS: '400' },
    timeout: 60_000,
  });
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.stderr.on('data', (part: Buffer) => parts.push(part));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, said: Buffer.concat(parts).toString() };
}

test(
  titled('an export is verified by the tool of OpenSSF Model Signing, and no changed one is', missing),
  {
    skip: missing !== null,
    timeout: 300_000,
  },
  async () => {
    const exported = path.join(folder, 'exported');
    const done = await type('export', 'shop.orders', 'v1', '--output', exported);
    expect(done).toMatchObject({ code: 0, said: expect.stringContaining('model_signing verify key ') });
    expect((await readdir(exported)).toSorted()).toEqual([
      'card.html',
      'card.json',
      'card.md',
      'manifest.json',
      'model.onnx',
      'model.sig',
      'spec.json',
    ]);
    const publicKey = path.join(folder, 'signing-key.pub');
    await writeFile(publicKey, (await type('signing-key', 'show')).said);
    expect(await verify(exported, publicKey)).toMatchObject({ code: 0, said: expect.stringContaining('succeeded') });
    // Moved and renamed it is the same model.
    expect(await verify(await copyOf(exported, 'renamed'), publicKey)).toMatchObject({ code: 0 });

    for (const name of ['model.onnx', 'card.html']) {
      const tampered = await copyOf(exported, `tampered-${name}`);
      await appendFile(path.join(tampered, name), ' ');
      const verified = await verify(tampered, publicKey);
      const told = new RegExp(`Hash mismatch for .*${name}`);
      expect(verified).toMatchObject({ code: 1, said: expect.stringMatching(told) });
    }
    const added = await copyOf(exported, 'added');
    await writeFile(path.join(added, 'extra.txt'), 'more');
    expect(await verify(added, publicKey)).toMatchObject({ code: 1, said: expect.stringContaining('Extra files') });
    const removed = await copyOf(exported, 'removed');
    await rm(path.join(removed, 'card.md'));
    expect(await verify(removed, publicKey)).toMatchObject({ code: 1, said: expect.stringContaining('Missing files') });

    const foreign = path.join(folder, 'foreign.pub');
    const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    await writeFile(foreign, other.publicKey.export({ type: 'spki', format: 'pem' }));
    expect(await verify(exported, foreign)).toMatchObject({ code: 1, said: expect.stringContaining('Key mismatch') });
    // A signature that claims to be of the key in hand is none.
    const forged = await copyOf(exported, 'forged');
    const bundle = JSON.parse(await readFile(path.join(forged, 'model.sig'), 'utf8'));
    const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString();
    bundle.dsseEnvelope.payload = Buffer.from(payload.replace('shop.orders-v1', 'shop.orders-v2')).toString('base64');
    await writeFile(path.join(forged, 'model.sig'), JSON.stringify(bundle));
    expect(await verify(forged, publicKey)).toMatchObject({ code: 1 });
  },
);

test('an export is in the audit, is written over nothing, and gives no key away', async () => {
  const exported = path.join(folder, 'once');
  const first = await type('export', 'shop.orders', '1', '--output', exported, '--json');
  const { modelDigest, key } = JSON.parse(first.said);
  const rows = await world.stack.database.db
    .select({ data: audit.data, actor: audit.actor, subject: audit.subject })
    .from(audit)
    .where(and(eq(audit.type, 'perennial.version.exported'), eq(audit.model, 'shop.orders')));
  expect(rows.map(({ data }) => JSON.parse(data))).toContainEqual({ modelDigest, key });
  expect(rows[0]).toMatchObject({ subject: 'shop.orders/v1' });
  const again = await type('export', 'shop.orders', '1', '--output', exported);
  expect(again).toMatchObject({ code: 1, said: expect.stringContaining('is not empty.') });
  const file = path.join(world.stack.config.stateDir, 'signing.key');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const secret = (await readFile(file, 'utf8')).split('\n')[1] ?? '';
  expect(secret).toHaveLength(64);
  for (const name of await readdir(exported))
    expect(await readFile(path.join(exported, name), 'latin1')).not.toContain(secret);
});

test('a version that is not there, and a number that is none, get one sentence', async () => {
  const unknown = await type('export', 'shop.orders', '9', '--output', path.join(folder, 'none'));
  expect(unknown).toMatchObject({ code: 1, said: expect.stringContaining('has no version 9; it has v1.') });
  const wrong = await type('export', 'shop.orders', 'latest');
  expect(wrong.said).toContain('"latest" is no number of a version.');
  const below = await type(
    'export',
    'shop.orders',
    '1',
    '--output',
    path.join(folder, 'exported', 'card.md', 'deeper'),
  );
  expect(below).toMatchObject({ code: 2, said: expect.stringContaining('cannot be written (ENOTDIR)') });
  expect(await readdir(folder)).not.toContainEqual(expect.stringContaining('.part-'));
});

test('a card is printed and written in each of its forms', async () => {
  const printed = await type('card', 'shop.orders', '1');
  expect(printed).toMatchObject({ code: 0, said: expect.stringMatching(/^# Model card: shop\.orders, version 1\n/) });
  expect(printed.said).toMatch(/\| `colour` = red \| \d+ \|/);
  expect(printed.said).toMatch(/\| (below|from) 0 \| \d+ \| 0\.\d+ \(0\.\d+ to 0\.\d+\) \|/);
  expect(printed.said).toMatch(/\| green \| \d+ \| too few \(\d+ rows\) \|/);
  expect(JSON.parse((await type('card', 'shop.orders', '1', '--json')).said)).toMatchObject({
    model: 'shop.orders',
    status: 'released',
    data: { erased: { rows: 0, snapshots: 0 } },
  });
  const page = path.join(folder, 'card.html');
  expect(await type('card', 'shop.orders', '1', '--output', page)).toMatchObject({ code: 0 });
  expect(await readFile(page, 'utf8')).toMatch(/^<!doctype html>[\s\S]*<svg [\s\S]*<\/html>\n$/);
  const wrong = await type('card', 'shop.orders', '1', '--format', 'pdf');
  expect(wrong).toMatchObject({ code: 2, said: expect.stringContaining('A card is written as json, html or md.') });
});
