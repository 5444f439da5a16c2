import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sendWebhook } from './deliver-alerts.ts';

const alert = {
  alertId: 7,
  model: 'fraud',
  kind: 'drift',
  subject: 'v3',
  windowNumber: 12,
  severity: 'warning',
  title: 'fraud: amount drifted',
  body: 'it moved',
  openedAt: new Date('2026-05-03T14:03:00Z'),
  closedAt: null,
  closedBy: null,
  closedReason: null,
} as const;

let received: { headers: IncomingHttpHeaders; body: string }[];
let answer: { status: number; headers: Record<string, string> };
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    received.push({ headers: request.headers, body });
    response.writeHead(answer.status, answer.headers).end();
  });
});
let host: string;

beforeEach(async () => {
  received = [];
  answer = { status: 204, headers: {} };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise<void>((resolve) => void server.close(() => resolve())));

test('a receiver can check who sent it and that nothing was changed', async () => {
  await sendWebhook(alert, `http://${host}/hook`, { keys: ['key'], privateHostsAllowed: [host] });
  const [message] = received;
  const id = String(message?.headers['webhook-id']);
  const timestamp = String(message?.headers['webhook-timestamp']);
  const expected = createHmac('sha256', 'key')
    .update(`${id}.${timestamp}.${message?.body ?? ''}`)
    .digest('base64');
  expect(message?.headers['webhook-signature']).toBe(`v1,${expected}`);
  expect(JSON.parse(message?.body ?? '{}')).toMatchObject({
    type: 'perennial.alert.drift',
    data: { model: 'fraud', severity: 'warning' },
  });
});

test('while a receiver changes over, both secrets sign, and either proves the message', async () => {
  await sendWebhook(alert, `http://${host}/hook`, { keys: [Buffer.from('new'), 'old'], privateHostsAllowed: [host] });
  const [message] = received;
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = message?.headers ?? {};
  const by = (key: string) =>
    `v1,${createHmac('sha256', key)
      .update(`${String(id)}.${String(timestamp)}.${message?.body ?? ''}`)
      .digest('base64')}`;
  expect(String(signatures).split(' ')).toEqual([by('new'), by('old')]);
});

test('private addresses, other schemes and redirects are refused, and nothing goes out unsigned', async () => {
  await expect(sendWebhook(alert, `http://${host}/hook`, { keys: ['key'], privateHostsAllowed: [] })).rejects.toThrow(
    /private address/,
  );
  await expect(sendWebhook(alert, 'file:///etc/passwd', { keys: ['key'], privateHostsAllowed: [] })).rejects.toThrow(
    /http or https/,
  );
  await expect(sendWebhook(alert, `http://${host}/hook`, { keys: [], privateHostsAllowed: [host] })).rejects.toThrow(
    /WEBHOOK_SECRET/,
  );
  expect(received).toHaveLength(0);
  answer = { status: 302, headers: { location: 'http://169.254.169.254/' } };
  await expect(
    sendWebhook(alert, `http://${host}/hook`, { keys: ['key'], privateHostsAllowed: [host] }),
  ).rejects.toThrow();
});

test('an answer that is no success is a reason to try again', async () => {
  answer = { status: 500, headers: {} };
  await expect(
    sendWebhook(alert, `http://${host}/hook`, { keys: ['key'], privateHostsAllowed: [host] }),
  ).rejects.toThrow('500');
});
