import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import kafkajs, { type Admin, type Kafka, type Producer, type Transaction } from 'kafkajs';
import { anyPorts } from './any-port.ts';
import type { KafkaCertificates } from './kafka-certificates.ts';
import type { KafkaJars } from './kafka-jars.ts';
import { until } from './wait.ts';

/** Who may log in where a login is asked for; the password is of this world alone. */
export const kafkaLogin = { username: 'reader', password: 'the password of the reader' };

export interface KafkaMessage {
  readonly key?: string | Buffer | null;
  readonly value: string | Buffer | null;
  readonly partition?: number;
  readonly timestamp?: string;
}

/** A real broker on this machine, with a folder and ports of its own; producers are an independent client. */
export interface KafkaWorld {
  /** `host:port` of it. */
  readonly host: string;
  /** The same, where a login by PLAIN or SCRAM is asked for. */
  readonly loginHost: string;
  /** The same, where it says that it can be reached at another address. */
  readonly misleadingHost: string;
  readonly misleadingTo: string;
  /** The same by TLS, where certificates were given; `login` asks for one besides, `mutual` for a certificate. */
  readonly tls: Readonly<Record<TlsListener, string>>;
  readonly admin: Admin;
  /** A new topic; the name is made when none is given. */
  newTopic(options?: {
    readonly name?: string;
    readonly partitions?: number;
    readonly config?: Readonly<Record<string, string>>;
  }): Promise<string>;
  send(topic: string, messages: readonly KafkaMessage[]): Promise<void>;
  /** As retention does: what lies before an offset is gone. */
  removeBefore(topic: string, partition: number, offset: number): Promise<void>;
  transaction(topic: string, messages: readonly KafkaMessage[], end: 'commit' | 'abort' | 'open'): Promise<Transaction>;
  stop(): Promise<void>;
}

const jaas = 'org.apache.kafka.common.security';
const users = `user_${kafkaLogin.username}="${kafkaLogin.password}"`;

const tlsListeners = ['valid', 'login', 'expired', 'misnamed', 'mutual'] as const;
type TlsListener = (typeof tlsListeners)[number];

const clusterId = 'AAAAAAAAAAAAAAAAAAAAAQ';
const javaOptions = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** A port that was free may be somebody else's by the time that the broker asks for it: then others are taken. */
const startsMax = 3;

export async function startKafka(jars: KafkaJars, certificates?: KafkaCertificates): Promise<KafkaWorld> {
  if ('missing' in jars) throw new Error(jars.missing);
  for (let start = 1; start < startsMax; start++) {
    const world = await startOnce(jars, certificates);
    if (world !== null) return world;
  }
  const last = await startOnce(jars, certificates);
  if (last === null) throw new Error(`the broker ended by itself, ${startsMax} times`);
  return last;
}

/** Null where the broker ended before it answered. */
async function startOnce(
  jars: Exclude<KafkaJars, { readonly missing: string }>,
  certificates?: KafkaCertificates,
): Promise<KafkaWorld | null> {
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-kafka-'));
  const [plain = 0, login = 0, misleading = 0, controller = 0, elsewhere = 0, ...others] = await anyPorts(
    5 + tlsListeners.length,
  );
  const tls = tlsListeners.map((listener, at) => [listener, others[at] ?? 0] as const);
  const local = (port: number): string => `127.0.0.1:${port}`;
  const properties = path.join(folder, 'server.properties');
  const lines = propertiesOf({ folder, plain, login, misleading, controller, elsewhere });
  const all = certificates === undefined ? lines : withTls(lines, certificates, tls);
  await writeFile(
    properties,
    Object.entries(all)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  const java = (main: string, args: readonly string[]) => ['-cp', jars.classPath, ...javaOptions, main, ...args];
  const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=${kafkaLogin.username},password="${kafkaLogin.password}"]`,
  ]);
  const format = ['format', '--cluster-id', clusterId, '--config', properties, ...scram];
  const formatted = spawnSync('java', java('kafka.tools.StorageTool', format), { encoding: 'utf8' });
  if (formatted.status !== 0) throw new Error(formatted.stderr);
  // It ends with this process, however that ends: then its input closes. And its shell ends with it, so that a broker
  // that could not begin is seen to be gone.
  const script =
    'exec 3<&0; "$@" & child=$!; (cat <&3 > /dev/null; kill -9 $child 2> /dev/null) & exec 3<&-; ' +
    'wait $child 2> /dev/null';
  const child = spawn('bash', ['-c', script, 'kafka', 'java', ...java('kafka.Kafka', [properties])], {
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: folder,
  });
  const kafka: Kafka = new kafkajs.Kafka({
    brokers: [local(plain)],
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 20, maxRetryTime: 2_000 },
  });
  const admin = kafka.admin();
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  const transactional: Producer[] = [];
  let count = 0;
  const world: KafkaWorld = {
    host: local(plain),
    loginHost: local(login),
    misleadingHost: local(misleading),
    misleadingTo: local(elsewhere),
    // oxlint-disable-next-line no-unsafe-type-assertion -- one for each
    tls: Object.fromEntries(tls.map(([listener, port]) => [listener, local(port)])) as KafkaWorld['tls'],
    admin,
    async newTopic({ name = `topic-${count++}`, partitions = 1, config = {} } = {}) {
      const configEntries = Object.entries(config).map(([key, value]) => ({ name: key, value }));
      const isNew = await admin.createTopics({
        waitForLeaders: false,
        topics: [{ topic: name, numPartitions: partitions, configEntries }],
      });
      if (!isNew) throw new Error(`there is a topic ${name}`);
      // A broker may serve late what its controller has made, and a producer that one partition refuses sends to all
      // of them again.
      await until('the topic is served', async () => (await admin.fetchTopicOffsets(name)).length === partitions);
      return name;
    },
    async send(topic, messages) {
      await producer.send({ topic, messages: [...messages] });
    },
    async removeBefore(topic, partition, offset) {
      // Its client knows no leader of a topic that it has not asked for.
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
    },
    async transaction(topic, messages, end) {
      const own = kafka.producer({
        transactionalId: `transaction-${count++}`,
        maxInFlightRequests: 1,
        idempotent: true,
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      });
      transactional.push(own);
      await own.connect();
      const transaction = await own.transaction();
      await transaction.send({ topic, messages: [...messages] });
      if (end === 'commit') await transaction.commit();
      if (end === 'abort') await transaction.abort();
      return transaction;
    },
    async stop() {
      await Promise.allSettled([...transactional, producer, admin].map((client) => client.disconnect()));
      const ended = child.exitCode === null ? once(child, 'exit') : null;
      child.stdin.end();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
  const begun = await until('the broker answers', async () => {
    if (child.exitCode !== null) return 'ended';
    await admin.connect();
    await producer.connect();
    return 'answers';
  }).catch(async (error: unknown) => {
    await world.stop();
    throw error;
  });
  if (begun === 'answers') return world;
  await world.stop();
  return null;
}

function propertiesOf(at: {
  readonly folder: string;
  readonly plain: number;
  readonly login: number;
  readonly misleading: number;
  readonly controller: number;
  readonly elsewhere: number;
}): Record<string, string> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${at.controller}`,
    listeners: [
      `PLAIN://127.0.0.1:${at.plain}`,
      `LOGIN://127.0.0.1:${at.login}`,
      `MISLEADING://127.0.0.1:${at.misleading}`,
      `CONTROLLER://127.0.0.1:${at.controller}`,
    ].join(','),
    'advertised.listeners': [
      `PLAIN://127.0.0.1:${at.plain}`,
      `LOGIN://127.0.0.1:${at.login}`,
      `MISLEADING://127.0.0.1:${at.elsewhere}`,
    ].join(','),
    'listener.security.protocol.map': 'PLAIN:PLAINTEXT,LOGIN:SASL_PLAINTEXT,MISLEADING:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAIN',
    'controller.listener.names': 'CONTROLLER',
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-512',
    'listener.name.login.plain.sasl.jaas.config': `${jaas}.plain.PlainLoginModule required ${users};`,
    'listener.name.login.scram-sha-512.sasl.jaas.config': `${jaas}.scram.ScramLoginModule required;`,
    'log.dirs': path.join(at.folder, 'logs'),
    'auto.create.topics.enable': 'true',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '1',
    'group.initial.rebalance.delay.ms': '0',
    // Messages of tests are older than a week.
    'log.retention.ms': '-1',
    'log.cleaner.dedupe.buffer.size': '4194304',
    'log.cleaner.backoff.ms': '200',
  };
}

/** The same with listeners that speak TLS, each with a certificate of its own; `login` asks for a login besides. */
function withTls(
  lines: Record<string, string>,
  certificates: KafkaCertificates,
  tls: readonly (readonly [listener: TlsListener, port: number])[],
): Record<string, string> {
  const at = tls.map(([listener, port]) => `TLS${listener.toUpperCase()}://127.0.0.1:${port}`).join(',');
  const protocols = tls.map(
    ([listener]) => `TLS${listener.toUpperCase()}:${listener === 'login' ? 'SASL_SSL' : 'SSL'}`,
  );
  const own = tls.flatMap(([listener]) => {
    const prefix = `listener.name.tls${listener}`;
    const file = listener === 'expired' || listener === 'misnamed' ? certificates[listener] : certificates.valid;
    return [
      [`${prefix}.ssl.keystore.type`, 'PEM'],
      [`${prefix}.ssl.keystore.location`, file],
      [`${prefix}.ssl.client.auth`, listener === 'mutual' ? 'required' : 'none'],
      [`${prefix}.ssl.truststore.type`, 'PEM'],
      [`${prefix}.ssl.truststore.certificates`, certificates.authority.trim().replaceAll('\n', ' ')],
    ];
  });
  return {
    ...lines,
    listeners: `${lines['listeners'] ?? ''},${at}`,
    'advertised.listeners': `${lines['advertised.listeners'] ?? ''},${at}`,
    'listener.security.protocol.map': [lines['listener.security.protocol.map'] ?? '', ...protocols].join(','),
    ...Object.fromEntries(own),
    'listener.name.tlslogin.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'listener.name.tlslogin.plain.sasl.jaas.config': `${jaas}.plain.PlainLoginModule required ${users};`,
    'listener.name.tlslogin.scram-sha-256.sasl.jaas.config': `${jaas}.scram.ScramLoginModule required;`,
    'listener.name.tlslogin.scram-sha-512.sasl.jaas.config': `${jaas}.scram.ScramLoginModule required;`,
  };
}
