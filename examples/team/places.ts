import path from 'node:path';
import pg from 'pg';
import { freePort } from '../../src/embedded/process/free-port.ts';
import { startPostgres } from '../../src/embedded/postgres/postgres.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import { findKafkaJars } from '../../tests/worlds/kafka-jars.ts';
import { kafkaLogin, startKafka } from '../../tests/worlds/kafka.ts';
import { findWeed, owner, startS3World } from '../../tests/worlds/s3.ts';
import type { Addresses } from './orders.ts';
import { csvOf, type Order } from './rows.ts';

/** Where the team keeps its orders, all of it real and on this machine. */
export interface Places {
  readonly addresses: Addresses;
  /** Settings of a worker that may read them: the hosts that it may reach, and the secrets by their names. */
  readonly settings: Readonly<Record<string, string>>;
  /** One more file of past orders. */
  addFile(name: string, orders: readonly Order[]): Promise<void>;
  insert(orders: readonly Order[]): Promise<void>;
  send(orders: readonly Order[]): Promise<void>;
  stop(): Promise<void>;
}

/** Starts all three, or none; throws a sentence with the fix where this machine lacks what one of them needs. */
export async function startPlaces(folder: string, onProgress: (line: string) => void): Promise<Places> {
  const endings: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of endings.splice(0).toReversed()) await end();
  };
  try {
    onProgress('finding a store and a broker (the first time they are fetched)');
    const [weed, jars] = [await findWeed(), await findKafkaJars()];
    if ('missing' in weed) throw lacking('SeaweedFS', weed.missing, 'Install Python 3 with venv.');
    if ('missing' in jars) throw lacking('Kafka', jars.missing, 'Install Java 17 or later.');
    onProgress('starting a bucket, a table and a topic');
    const store = await startS3World(weed);
    endings.push(store.stop);
    const bucket = await store.newBucket('lake');
    const postgres = await startPostgres({
      stateDir: path.join(folder, 'shop'),
      logFile: path.join(folder, 'shop.log'),
      port: await freePort(54_500),
    });
    endings.push(() => postgres.process.stop());
    const shop = new pg.Client({ connectionString: postgres.url, connectionTimeoutMillis: 10_000 });
    shop.on('error', () => undefined);
    await shop.connect();
    endings.push(() => shop.end());
    await shop.query(
      'create table orders (id int8 primary key, placed timestamptz not null, basket float8, items int4, ' +
        'country text, returned text)',
    );
    const broker = await startKafka(jars);
    endings.push(broker.stop);
    const topic = await broker.newTopic({ name: 'orders', partitions: 2 });
    return {
      addresses: { lake: store.endpoint, broker: broker.loginHost },
      settings: {
        PERENNIAL_SOURCE_PRIVATE_HOSTS: [store.host, new URL(postgres.url).host, broker.loginHost].join(','),
        PERENNIAL_SOURCE_ROOTS: 'orders=s3://lake/orders/',
        PERENNIAL_SECRET_LAKE_KEY: owner.accessKeyId,
        PERENNIAL_SECRET_LAKE_WORD: owner.secretAccessKey,
        PERENNIAL_SECRET_SHOP: postgres.url,
        PERENNIAL_SECRET_TOPIC_USER: kafkaLogin.username,
        PERENNIAL_SECRET_TOPIC_WORD: kafkaLogin.password,
      },
      addFile: (name, orders) => store.put(bucket, `orders/${name}`, csvOf(orders)),
      async insert(orders) {
        await shop.query('insert into orders select * from json_populate_recordset(null::orders, $1)', [
          JSON.stringify(orders),
        ]);
      },
      send: (orders) =>
        broker.send(
          topic,
          orders.map((order) => ({ value: JSON.stringify(order) })),
        ),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function lacking(what: string, why: string, hint: string): PerennialError {
  return new PerennialError('unavailable', `${what} cannot be started here (${why}).`, { hint });
}
