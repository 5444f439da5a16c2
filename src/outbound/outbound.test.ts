import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkForeignUrl, fetchForeign } from './fetch-foreign.ts';
import { isPrivateAddress } from './private-address.ts';

test.each([
  // Both ends of every range, and the neighbours outside.
  ['0.0.0.0', '0.255.255.255'],
  ['10.0.0.0', '10.255.255.255'],
  ['100.64.0.0', '100.127.255.255'],
  ['127.0.0.0', '127.255.255.255'],
  ['169.254.0.0', '169.254.169.254', '169.254.255.255'],
  ['172.16.0.0', '172.31.255.255'],
  ['192.0.0.0', '192.0.0.255'],
  ['192.0.2.1', '198.51.100.1', '203.0.113.1', '192.88.99.1'],
  ['192.168.0.0', '192.168.255.255'],
  ['198.18.0.0', '198.19.255.255'],
  ['224.0.0.0', '239.255.255.255', '240.0.0.0', '255.255.255.255'],
  ['::', '::1', '::2', '::7f00:1', '0:0:0:0:0:0:0:1'],
  ['fc00::1', 'fdff:ffff::1', 'fe80::1', 'fe80::1%eth0', 'febf::1', 'fec0::1', 'ff02::1'],
  ['::ffff:127.0.0.1', '::ffff:7f00:1', '::FFFF:10.0.0.1', '0:0:0:0:0:ffff:a00:1', '::ffff:0.0.0.0', '::ffff:0:0'],
  ['64:ff9b::10.0.0.1', '64:ff9b::a00:1', '64:ff9b::', '64:ff9b:1::1'],
  ['2001::1', '2001:2::1', '2001:db8::1', '2002:7f00:1::1', '3fff::1', '100::1', '5f00::1', '4000::1'],
  ['localhost', '', '127.1', '0x7f000001', '10.0.0.1.example'],
])('private: %s', (...addresses) => {
  for (const address of addresses) expect([address, isPrivateAddress(address)]).toEqual([address, true]);
});

test.each([
  ['1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0'],
  [
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
  ],
  ['2606:4700::1111', '2a00::1', '2001:4860:4860::8888', '2003::1', '3ffe::1'],
  ['::ffff:1.1.1.1', '::ffff:101:101', '64:ff9b::1.1.1.1', '64:ff9b::808:808'],
])('public: %s', (...addresses) => {
  for (const address of addresses) expect([address, isPrivateAddress(address)]).toEqual([address, false]);
});

test.each([
  ['http://127.0.0.1/', 'private'],
  ['http://2130706433/', 'private'],
  ['http://0x7f.1/', 'private'],
  ['http://017700000001/', 'private'],
  ['http://127。0。0。1/', 'private'],
  ['http://[::1]/', 'private'],
  ['http://[::ffff:127.0.0.1]/', 'private'],
  ['http://[64:ff9b::7f00:1]/', 'private'],
  ['http://localhost/', 'private'],
  ['http://a.localhost./', 'private'],
  ['file:///etc/passwd', 'http or https'],
  ['gopher://example.com/', 'http or https'],
  ['https://user:secret@example.com/', 'password'],
  ['nonsense', 'no URL'],
])('%s is refused before anything is sent', async (url, why) => {
  expect(() => checkForeignUrl(url, [])).toThrow(why);
  await expect(fetchForeign(url, { method: 'GET', headers: {}, privateHostsAllowed: [] })).rejects.toThrow(why);
});

describe('with a receiver on this machine', () => {
  let answer: (response: ServerResponse) => void;
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    answer(response);
  });
  let port: number;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));

  const get = (privateHostsAllowed: readonly string[], more: { timeoutMs?: number; answerBytesMax?: number } = {}) =>
    fetchForeign(`http://127.0.0.1:${port}/`, { method: 'GET', headers: {}, privateHostsAllowed, ...more });

  test('a listed host is reached, with the port or not at all', async () => {
    answer = (response) => response.end('here');
    expect((await get([`127.0.0.1:${port}`])).body.toString()).toBe('here');
    const before = asked;
    await expect(get(['127.0.0.1'])).rejects.toThrow('private address');
    await expect(get([`127.0.0.1:${port + 1}`])).rejects.toThrow('private address');
    expect(asked).toBe(before);
  });

  test('a name is looked up where it is used: one that leads here is refused, whatever it says elsewhere', async () => {
    // "localhost" is in the hosts file of every machine; the check that sees it is the one inside the connection.
    await expect(
      fetchForeign(`http://localhost:${port}/`, { method: 'GET', headers: {}, privateHostsAllowed: [] }),
    ).rejects.toThrow('private address');
  });

  test('a redirect is not followed', async () => {
    answer = (response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    await expect(get([`127.0.0.1:${port}`])).rejects.toThrow('redirect');
  });

  test('a long answer and a slow one are cut', async () => {
    answer = (response) => response.end('x'.repeat(5_000));
    await expect(get([`127.0.0.1:${port}`], { answerBytesMax: 1_000 })).rejects.toThrow('longer than 1000 bytes');
    answer = () => undefined;
    await expect(get([`127.0.0.1:${port}`], { timeoutMs: 50 })).rejects.toThrow('did not answer within 50 ms');
  });
});
