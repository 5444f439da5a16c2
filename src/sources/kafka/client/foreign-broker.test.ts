import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { SaslMechanism, TlsUse } from '../../../domain/spec/closed-sets.ts';
import { kafkaDriver } from '../kafka-driver.ts';
import { BrokerConnection } from './connection.ts';
import { frameGuard } from './frame-guard.ts';
import { apiVersions, metadataOf } from './requests.ts';

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

function look(port: number, tls: TlsUse = 'none', mechanism?: SaslMechanism): Promise<unknown> {
  const host = `127.0.0.1:${port}`;
  const login = mechanism === undefined ? {} : { credentials: { username: 'u', password: 'p', mechanism } };
  const spec = { kind: 'kafka', brokers: [host], topic: 'paid', format: 'json', tls, ...login } as const;
  return kafkaDriver
    .connect(spec, { roots: [], privateHosts: [host], secret: () => Promise.resolve('hunter2') })
    .identify()
    .catch((error: unknown) => error);
}

const framed = (...bytes: readonly number[]): Buffer => Buffer.of(0, 0, 0, bytes.length, ...bytes);

test.each<readonly [string, (socket: Socket, request: Buffer) => void, string]>([
  ['a web server', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'is 1213486160 bytes long'],
  ['a negative length', (socket) => socket.write(Buffer.of(0xff, 0xff, 0xff, 0xfb, 0, 0, 0, 1, 0)), 'is -5 bytes long'],
  ['a length that holds no number of a request', (socket) => socket.write(framed(0)), 'is 1 bytes long'],
  ['one that hangs up', (socket) => socket.destroy(), 'ended the connection'],
  ['an answer to another request', (socket) => socket.write(framed(0, 0, 0, 9, 0, 0)), 'belongs to another request'],
  ['an answer that is cut', (socket) => socket.write(framed(0, 0, 0, 1, 0)), 'cannot be read'],
  [
    'a list that cannot be so long',
    (socket) => socket.write(framed(0, 0, 0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x07)),
    'cannot be read',
  ],
  ['a broker of 2015', (socket) => socket.write(framed(0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 3, 0, 0, 0, 0)), 'versions'],
  ['one that refuses by number', (socket) => socket.write(framed(0, 0, 0, 1, 0, 35, 1, 0, 0, 0, 0)), 'versions'],
])('%s', async (_, answer, words) => {
  const error = await look(await stranger(answer));
  expect(error).toMatchObject({ path: 'source.brokers', message: expect.stringContaining(words) });
});

test('one that speaks no TLS, where it is declared', async () => {
  const error = await look(await stranger((socket) => socket.end('no')), 'verified');
  expect(error).toMatchObject({ path: expect.stringMatching(/^source\.(tls|brokers)$/) });
});

/** Answers a handshake as it should be, and then by what is given. */
const challenging = (text: string) => (socket: Socket, request: Buffer) => {
  const isHandshake = request.readInt16BE(4) === 17;
  const bytes = Buffer.from(text);
  socket.write(
    isHandshake
      ? framed(...request.subarray(8, 12), 0, 0, 0, 0, 0, 0)
      : framed(...request.subarray(8, 12), 0, 0, 0, 0, bytes.length + 1, ...bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  );
};

describe('a challenge that is none ends in a sentence, and nothing is thrown beside it', () => {
  test.each([
    ['no SCRAM', 'no members at all'],
    ['no SCRAM', ''],
    ['does not prove', 'r=another,s=YWJj,i=4096'],
  ])('%s: %s', async (words, text) => {
    const error = await look(await stranger(challenging(text)), 'none', 'scram-sha-512');
    expect(error).toMatchObject({ path: 'source.brokers', message: expect.stringContaining(words) });
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });

  test('work without end is not begun', async () => {
    const port = await stranger((socket, request) => {
      const nonce = /r=([^,\0]+)/.exec(request.toString('latin1'))?.[1] ?? '';
      challenging(`r=${nonce}x,s=YWJj,i=2000000000`)(socket, request);
    });
    const error = await look(port, 'none', 'scram-sha-256');
    expect(error).toMatchObject({ message: expect.stringContaining('a proof of too much work') });
  });
});

test('a length that points back does not make the same bytes be read again without end', async () => {
  // Metadata with many brokers, of which the first has a name of -8 bytes.
  const port = await stranger((socket, request) =>
    socket.write(
      Buffer.concat([
        framed(...request.subarray(8, 12), 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x07, 0, 0, 0, 1),
        Buffer.of(0xf9, 0xff, 0xff, 0xff, 0x0f),
      ]).fill(Buffer.of(0, 0, 0, 23), 0, 4),
    ),
  );
  const connection = await BrokerConnection.open({
    address: '127.0.0.1',
    host: '127.0.0.1',
    port,
    isTls: false,
    ca: null,
    client: null,
  });
  await expect(connection.ask(metadataOf('paid'))).rejects.toThrow('names more than it holds');
  connection.close();
});

test('what was asked is answered with an end, also where the connection ends meanwhile', async () => {
  const port = await stranger((socket) => socket.destroy());
  const connection = await BrokerConnection.open({
    address: '127.0.0.1',
    host: '127.0.0.1',
    port,
    isTls: false,
    ca: null,
    client: null,
  });
  await expect(connection.ask(apiVersions())).rejects.toThrow();
  await expect(connection.ask(apiVersions())).rejects.toThrow();
  connection.close();
});

test('lengths are followed in whatever pieces they come', () => {
  const whole = Buffer.concat([framed(0, 0, 0, 1, 7), framed(0, 0, 0, 2)]);
  for (let size = 1; size <= whole.length; size++) {
    const refusedLength = frameGuard();
    for (let at = 0; at < whole.length; at += size) expect(refusedLength(whole.subarray(at, at + size))).toBeNull();
    expect(refusedLength(Buffer.of(0x7f))).toBeNull();
    expect(refusedLength(Buffer.of(0, 0, 0))).toBe(0x7f_00_00_00);
  }
});
