import type { KafkaSource } from '../../domain/spec/source-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { isPrivateAddress } from '../../outbound/private-address.ts';
import { lookUp } from '../../outbound/look-up.ts';
import type { SourcePlace } from '../port.ts';
import { BrokerConnection, type Ask, type Endpoint } from './client/connection.ts';
import { apiVersions, isSpoken, metadataOf, type TopicMetadata } from './client/requests.ts';
import { authenticate } from './client/sasl.ts';
import { authorityOf, clientKeyOf, loginOf } from './secrets.ts';
import { brokenAnswer, refuseError, refused, saidPlace, unavailable } from './refusals.ts';

/** Connections to the brokers of one source, open for one piece of work. */
export interface Cluster {
  readonly topicId: string;
  readonly partitions: readonly number[];
  /** Asks the broker that leads a partition. */
  ask<Answer>(partition: number, request: Ask<Answer>): Promise<Answer>;
  /** Partitions by the broker that leads them. */
  byLeader(partitions: readonly number[]): readonly (readonly number[])[];
  /** Asks a broker that another one named. */
  askAt<Answer>(broker: { readonly host: string; readonly port: number }, request: Ask<Answer>): Promise<Answer>;
  /** Asks any of them. */
  askAny<Answer>(request: Ask<Answer>): Promise<Answer>;
}

const partitionsMax = 2_000;

/** Lends the cluster to `work` and closes what was opened for it. Rejects with sentences for people. */
export async function withCluster<T>(
  spec: KafkaSource,
  place: SourcePlace,
  work: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const login = await loginOf(spec, place);
  const shown = { ca: await authorityOf(spec, place), client: await clientKeyOf(spec, place) };
  const opened = new Map<string, BrokerConnection>();

  async function connectionTo(at: string): Promise<BrokerConnection> {
    const known = opened.get(at);
    if (known !== undefined) return known;
    const connection = await BrokerConnection.open({ ...(await endpointOf(at, spec, place)), ...shown });
    opened.set(at, connection);
    if (login !== null) await connection.ask(authenticate(login));
    return connection;
  }

  async function askAt<Answer>(at: string, request: Ask<Answer>): Promise<Answer> {
    try {
      return await (await connectionTo(at)).ask(request);
    } catch (error) {
      opened.get(at)?.close();
      opened.delete(at);
      throw refused(error, at);
    }
  }

  try {
    const [first, metadata] = await anyOf(spec.brokers, async (at) => {
      await askAt(at, refuseOld);
      return askAt(at, metadataOf(spec.topic));
    });
    refuseError(metadata.error, spec.topic);
    const leaders = leadersOf(spec, metadata);
    const leaderOf = (partition: number): string => {
      const at = leaders.get(partition);
      if (at === undefined)
        throw unavailable(`Partition ${partition} of ${spec.topic} has no leader at the moment.`, 'source.topic');
      return at;
    };
    return await work({
      topicId: metadata.topicId,
      partitions: metadata.partitions.map(({ partition }) => partition).sort((left, right) => left - right),
      ask: (partition, request) => askAt(leaderOf(partition), request),
      byLeader: (partitions) => grouped(partitions, leaderOf),
      askAt: ({ host, port }, request) => askAt(placeOf(host, port), request),
      askAny: (request) => askAt(first, request),
    });
  } finally {
    for (const connection of opened.values()) connection.close();
  }
}

/** The first broker that answers, and its answer; what is wrong for all of them is not tried at the next. */
async function anyOf<T>(
  brokers: readonly string[],
  work: (at: string) => Promise<T>,
): Promise<readonly [at: string, T]> {
  let failure: unknown;
  for (const at of brokers) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- the next one only where this one does not answer
      return [at, await work(at)];
    } catch (error) {
      failure = error;
      if (error instanceof PerennialError && error.code !== 'unavailable') throw error;
    }
  }
  throw failure;
}

function leadersOf({ topic }: KafkaSource, { brokers, partitions }: TopicMetadata): ReadonlyMap<number, string> {
  if (partitions.length === 0) throw unavailable(`The topic ${topic} has no partitions yet.`, 'source.topic');
  if (partitions.length > partitionsMax)
    throw new PerennialError('invalid_data', `The topic ${topic} has more than ${partitionsMax} partitions.`, {
      path: 'source.topic',
      hint: 'Read a topic that holds only this history.',
    });
  const places = new Map(brokers.map(({ id, host, port }) => [id, placeOf(host, port)]));
  return new Map(
    partitions.flatMap(({ partition, leader }) => {
      const at = places.get(leader);
      return at === undefined ? [] : [[partition, at] as const];
    }),
  );
}

function grouped(
  partitions: readonly number[],
  leaderOf: (partition: number) => string,
): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  for (const partition of partitions) {
    const at = leaderOf(partition);
    groups.set(at, [...(groups.get(at) ?? []), partition]);
  }
  return [...groups.values()];
}

function placeOf(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Where `host:port` is. Private addresses are refused unless they are listed, also where a broker names them: whoever
 * runs a cluster must not choose what a worker reaches in its own network.
 */
async function endpointOf(
  at: string,
  spec: KafkaSource,
  { privateHosts = [] }: SourcePlace,
): Promise<Omit<Endpoint, 'ca' | 'client'>> {
  const colon = at.lastIndexOf(':');
  const host = at.slice(0, colon).replace(/^\[|\]$/g, '');
  const port = Number(at.slice(colon + 1));
  if (host === '' || !Number.isInteger(port) || port < 1 || port > 65_535)
    throw brokenAnswer(`names a broker at ${saidPlace(at)}, which is no address`);
  const found = await lookUp(host);
  const [address] = found;
  if (address === undefined)
    throw unavailable(`The host of the broker ${saidPlace(at)} cannot be found.`, 'source.brokers');
  const isPrivate = found.some(isPrivateAddress);
  if (isPrivate && !privateHosts.includes(at)) {
    const whose = spec.brokers.includes(at) ? 'The broker' : 'The cluster names a broker:';
    throw new PerennialError('invalid_data', `${whose} ${saidPlace(at)} has a private address.`, {
      path: 'source.brokers',
      hint: 'List its host:port in PERENNIAL_SOURCE_PRIVATE_HOSTS to allow it.',
    });
  }
  const isDeclared = spec.ca !== undefined || spec.clientCertificate !== undefined;
  const isTls = spec.tls === undefined ? !isPrivate || isDeclared : spec.tls === 'verified';
  if (!isTls && !isPrivate && spec.credentials !== undefined)
    throw new PerennialError('invalid_data', 'A password would cross the internet without TLS.', {
      path: 'source.tls',
      hint: 'Leave `tls: "none"` out.',
    });
  return { address, host, port, isTls };
}

const refuseOld: Ask<void> = async (connection, library) => {
  const { error, ranges } = await apiVersions()(connection, library);
  if (error !== 0 || !isSpoken(library, ranges))
    throw new PerennialError('unsupported', 'The broker of the source speaks none of the versions that are read.', {
      path: 'source.brokers',
      hint: 'Brokers of Kafka 3.6 and later do.',
    });
};
