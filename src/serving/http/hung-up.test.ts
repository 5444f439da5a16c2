import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { servedInMemory, servingInMemory } from '../../../tests/worlds/serving-in-memory.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import { createInferenceMetrics, type InferenceMetrics } from '../../telemetry/inference-metrics.ts';
import { createInferenceApp } from './app.ts';
import { listen, type Listening } from './listen.ts';

const spec = completeSpec({
  name: 'fraud',
  about: { owner: 'team', useCase: 'test', successCriterion: 'test' },
  features: [{ kind: 'number', name: 'x', missing: 'allow' }],
  target: { task: 'regression', column: 'y', labelDelay: { rows: 1 } },
  source: { kind: 'file', path: 'x.csv', format: 'csv' },
});

const errors: string[] = [];
const answers: (() => void)[] = [];
let metrics: InferenceMetrics;
let server: Listening;
beforeAll(async () => {
  metrics = createInferenceMetrics();
  const held = { score: () => [1] };
  const model = servedInMemory(spec, held);
  const { serving } = servingInMemory([model], {
    // Whoever is asked about the second kind of client answers when the test says so.
    authorise: () => new Promise((resolve) => answers.push(() => resolve('allowed'))),
  });
  const log = { ...serving.log, error: (_: unknown, message: string) => void errors.push(message) };
  const app = createInferenceApp({ ...serving, metrics, log }, { productVersion: '1' });
  server = await listen(app.fetch, '127.0.0.1', 0);
});
afterAll(() => server.drain(0));

const body = JSON.stringify({ rows: [{ x: 1 }] });
const request = (length: number) =>
  `POST /v1/models/fraud/predict HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r\nContent-Type: application/json\r\n` +
  `Content-Length: ${length}\r\n\r\n`;

async function countedAs(status: number): Promise<number> {
  const found = new RegExp(`status="${status}"\\} (\\d+)`).exec(await metrics.text());
  return Number(found?.[1] ?? 0);
}

async function asked(): Promise<() => void> {
  await expect.poll(() => answers.length).toBeGreaterThan(0);
  const [answer] = answers.splice(0);
  return () => answer?.();
}

test('a client that hangs up within its body is no error of the server', async () => {
  const client = connect(server.port, '127.0.0.1');
  client.write(request(1_000) + body);
  (await asked())();
  client.destroy();
  await expect.poll(() => countedAs(499)).toBe(1);
  expect(await countedAs(500)).toBe(0);
  expect(errors).toEqual([]);
});

test('nor is one that does not wait for its answer', async () => {
  const client = connect(server.port, '127.0.0.1');
  client.write(request(body.length) + body);
  const answer = await asked();
  client.destroy();
  await new Promise((resolve) => client.once('close', resolve));
  answer();
  await expect.poll(() => countedAs(499)).toBe(2);
  expect(await countedAs(500)).toBe(0);
  expect(errors).toEqual([]);
});
