import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { TlsUse } from '../../../domain/spec/closed-sets.ts';
import { kafkaDriver } from '../kafka-driver.ts';
import { apiVersions } from './apis.ts';
import { Connection } from './connection.ts';
import { crc32c } from './crc32c.ts';
import { readRecords } from './record-batches.ts';

const servers: (() => Promise<void>)[] = [];
afterEach(() => Promise.all(servers.splice(0).map((stop) => stop())));

/** Somebody who speaks no Kafka, or wrongly. */
async function stranger(answer: (socket: Socket, request: Buffer) => void): Promise<number> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (request) => answer(socket, Buffer.from(request)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
}

function look(port: number, tls: TlsUse = 'none'): Promise<unknown> {
  const host = `127.0.0.1:${port}`;
  const spec = { kind: 'kafka', brokers: [host], topic: 'paid', format: 'json', tls } as const;
  return kafkaDriver
    .connect(spec, { roots: [], privateHosts: [host] })
    .identify()
    .catch((error: unknown) => error);
}

const framed = (...bytes: readonly number[]): Buffer => Buffer.of(0, 0, 0, bytes.length, ...bytes);

test.each<readonly [string, (socket: Socket, request: Buffer) => void, string]>([
  ['a web server', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'is 1213486160 bytes long'],
  ['one that hangs up', (socket) => socket.destroy(), 'ended the connection'],
  ['an answer to another request', (socket) => socket.write(framed(0, 0, 0, 9, 0, 0)), 'belongs to another request'],
  ['an answer that is cut', (socket) => socket.write(framed(0, 0, 0, 1, 0)), 'ends too early'],
  [
    'a list that cannot be so long',
    (socket) => socket.write(framed(0, 0, 0, 1, 0, 0, 0x7f, 0xff, 0xff, 0xff)),
    'names more items than it holds',
  ],
  ['more than an answer', (socket) => socket.write(Buffer.concat([framed(0, 0, 0, 1, 0, 0), framed(1)])), 'not what'],
  ['a broker of 2015', (socket) => socket.write(framed(0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 3, 0, 0, 0, 0)), 'versions'],
])('%s', async (_, answer, words) => {
  const error = await look(await stranger(answer));
  expect(error).toMatchObject({ path: 'source.brokers', message: expect.stringContaining(words) });
});

test('one that speaks no TLS, where it is declared', async () => {
  const error = await look(await stranger((socket) => socket.end('no')), 'verified');
  expect(error).toMatchObject({ path: expect.stringMatching(/^source\.(tls|brokers)$/) });
});

test('what was asked is answered with an end, also where the connection ends meanwhile', async () => {
  const port = await stranger((socket) => socket.destroy());
  const connection = await Connection.open({ address: '127.0.0.1', host: '127.0.0.1', port, isTls: false });
  await expect(connection.send(apiVersions())).rejects.toThrow();
  await expect(connection.send(apiVersions())).rejects.toThrow();
  connection.close();
});

const batchOf = (change: (bytes: Buffer) => void = () => undefined): Buffer => {
  // One message: no key, value "x".
  const record = Buffer.of(14, 0, 0, 0, 1, 2, 0x78, 0);
  const body = Buffer.alloc(40 + record.length);
  body.writeInt32BE(0, 2);
  body.writeBigInt64BE(-1n, 22);
  body.writeInt32BE(1, 36);
  record.copy(body, 40);
  const head = Buffer.alloc(21);
  head.writeBigInt64BE(7n, 0);
  head.writeInt32BE(9 + body.length, 8);
  head.writeInt8(2, 16);
  head.writeUInt32BE(crc32c(body), 17);
  const bytes = Buffer.concat([head, body]);
  change(bytes);
  return bytes;
};
const read = (records: Buffer) => readRecords({ error: 0, logStart: 0, aborted: [], records }, 0, 100);

test('a batch with a wrong checksum is refused, one that is cut off is left for the next fetch', () => {
  const one = read(batchOf());
  expect(one).toMatchObject({ next: 8, records: [{ offset: 7, key: null }] });
  expect(one.records[0]?.value?.toString()).toBe('x');
  expect(read(Buffer.concat([batchOf(), batchOf().subarray(0, 30)]))).toMatchObject({ next: 8 });
  expect(read(batchOf().subarray(0, 60))).toEqual({ next: null, records: [] });
  expect(() => read(batchOf((bytes) => bytes.writeInt8(9, 66)))).toThrow('checksum is wrong');
  expect(() => read(batchOf((bytes) => bytes.writeInt8(1, 16)))).toThrow('before Kafka 0.11');
});
