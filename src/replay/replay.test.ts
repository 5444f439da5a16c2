import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createReplayer } from './replay.ts';

/** A platform that needs some looks for everything: to store what came, and to decide about it. */
let server: Server;
let told: string[];
let sent: { rows: number; labels: number };
let seen: { lastSeq: number; labels: number };
let looksLeft: number;

beforeAll(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(parts).toString() || '{}') as { labels?: unknown[]; rows?: unknown[] };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer(request.url ?? '', body)));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => void server.close(resolve)));

function answer(url: string, { labels = [], rows = [] }: { labels?: unknown[]; rows?: unknown[] }): object {
  if (url.endsWith('/settled')) {
    if (looksLeft > 0) looksLeft -= 1;
    // Stored one look before it is decided.
    if (looksLeft <= 1) seen = { lastSeq: sent.rows, labels: sent.labels };
    if (looksLeft === 0) told.push(`settled at ${seen.lastSeq} rows, ${seen.labels} labels`);
    return { ...seen, isSettled: looksLeft === 0, waitsFor: looksLeft === 0 ? null : 'a correction' };
  }
  sent = { rows: sent.rows + rows.length, labels: sent.labels + labels.length };
  looksLeft = 3;
  told.push(url.endsWith('/labels') ? `${labels.length} labels` : `${rows.length} rows`);
  return {};
}

const rowsOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ predictionId: `row-${from + i}`, cells: { x: 1 } }));
const labelsOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({
    labelId: `label-${from + i}`,
    predictionId: `row-${from + i}`,
    label: 1,
  }));

function begin() {
  const { port } = server.address() as { port: number };
  const target = { url: `http://127.0.0.1:${port}`, token: 'any' };
  [told, sent, seen, looksLeft] = [[], { rows: 0, labels: 0 }, { lastSeq: 0, labels: 0 }, 0];
  return createReplayer({ model: 'any', inference: target, control: target });
}

const once = () => told.filter((line, at) => line !== told[at - 1]);

test('rows wait until the labels before them are stored and whatever follows from them is decided', async () => {
  const replayer = begin();
  await replayer.play(
    [
      { labels: [], rows: rowsOf(0, 3), restsAt: { rows: 0, labels: 0 } },
      { labels: labelsOf(0, 2), rows: rowsOf(3, 5), restsAt: { rows: 3, labels: 2 } },
    ],
    5,
  );
  expect(once()).toEqual([
    'settled at 0 rows, 0 labels',
    '3 rows',
    '2 labels',
    'settled at 3 rows, 2 labels',
    '2 rows',
    'settled at 5 rows, 2 labels',
  ]);
});

test('without that, a window is sent at once', async () => {
  const replayer = begin();
  await replayer.play(
    [
      { labels: [], rows: rowsOf(0, 3) },
      { labels: labelsOf(0, 2), rows: rowsOf(3, 5) },
    ],
    5,
  );
  expect(once()).toEqual(['3 rows', '2 labels', '2 rows', 'settled at 5 rows, 2 labels']);
});
