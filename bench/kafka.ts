import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { KafkaSource } from '../src/domain/spec/source-spec.ts';
import { connectSource } from '../src/sources/registry.ts';
import { findKafkaJars } from '../tests/worlds/kafka-jars.ts';
import { startKafka } from '../tests/worlds/kafka.ts';
import { readOptions, wholeOption } from '../tools/options.mjs';

const help = `npm run bench:kafka [-- --json] [-- --messages 200000]

Sends messages of about 200 bytes to a real broker on this machine and reads them as the worker does, into files of
100,000 rows, once as they are and once packed by each codec. Prints messages per second and CPU microseconds per
message of this process alone.`;

const { values } = readOptions({
  options: {
    json: { type: 'boolean', default: false },
    messages: { type: 'string', default: '200000' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const codecs = ['uncompressed', 'gzip', 'snappy', 'lz4'] as const;
const sentAtOnce = 5_000;

if (values.help) process.stdout.write(`${help}\n`);
else await bench(wholeOption('messages', values.messages));

async function bench(count: number): Promise<void> {
  const world = await startKafka(await findKafkaJars());
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-bench-kafka-'));
  try {
    for (const codec of codecs) {
      const topic = await world.newTopic({ partitions: 4, config: { 'compression.type': codec } });
      for (let from = 0; from < count; from += sentAtOnce)
        // oxlint-disable-next-line no-await-in-loop -- what is sent at once is bounded
        await world.send(
          topic,
          Array.from({ length: Math.min(sentAtOnce, count - from) }, (_, at) => message(from + at)),
        );
      const spec: KafkaSource = { kind: 'kafka', brokers: [world.host], topic, format: 'json' };
      const source = connectSource(spec, { roots: [], privateHosts: [world.host] });
      const cpu = process.cpuUsage();
      const startMs = performance.now();
      let batches = 0;
      // oxlint-disable-next-line no-await-in-loop -- one after the other: this is measured
      for await (const _ of source.open(null, folder)) batches++;
      const seconds = (performance.now() - startMs) / 1_000;
      const { user, system } = process.cpuUsage(cpu);
      const measured = {
        codec,
        messages: count,
        batches,
        messagesPerSecond: Math.round(count / seconds),
        cpuMicrosPerMessage: Number(((user + system) / count).toFixed(1)),
      };
      process.stdout.write(values.json ? `${JSON.stringify(measured)}\n` : `${said(measured)}\n`);
    }
  } finally {
    await rm(folder, { recursive: true });
    await world.stop();
  }
}

function message(n: number): { readonly value: string; readonly partition: number } {
  const words = `${(n * 48_271) % 1_000_003} of ${(n * 7_919) % 99_991}`;
  const row = { id: n, amount: (n % 5_000) / 7, country: ['DE', 'FR', 'NL'][n % 3], words, about: words.repeat(5) };
  return { value: JSON.stringify(row), partition: n % 4 };
}

function said(measured: Readonly<Record<string, number | string>>): string {
  const { codec, messagesPerSecond, cpuMicrosPerMessage } = measured;
  return `${String(codec).padEnd(13)}${messagesPerSecond} messages/s, ${cpuMicrosPerMessage} µs of CPU per message`;
}
