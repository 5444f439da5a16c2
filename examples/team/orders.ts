import {
  atLeast,
  binary,
  category,
  defineModel,
  gbdt,
  kafka,
  number,
  postgres,
  s3,
  time,
  union,
  unique,
} from '../../src/sdk/index.ts';

/** Where the team's data is; addresses are no secrets, logins are named and never said. */
export interface Addresses {
  /** `http://host:port` of the store. */
  readonly lake: string;
  /** `host:port` of a broker. */
  readonly broker: string;
}

/** Will an order come back? */
export const ordersOf = ({ lake, broker }: Addresses) =>
  defineModel('orders', {
    about: {
      owner: 'shop',
      useCase: 'Show the size guide before an order that is likely to come back.',
      successCriterion: 'Fewer returns per order than without it.',
    },
    source: union({
      archive: s3('s3://lake/orders/', {
        format: 'csv',
        endpoint: lake,
        credentials: { accessKeyId: 'lake-key', secretAccessKey: 'lake-word' },
      }),
      shop: postgres({
        secret: 'shop',
        query: 'select id, placed, basket, items, country, returned from orders',
        cursor: { column: 'id', tieBreaker: 'id' },
      }),
      live: kafka({
        brokers: [broker],
        topic: 'orders',
        format: 'json',
        credentials: { username: 'topic-user', password: 'topic-word' },
      }),
    }),
    eventTime: 'placed',
    features: {
      placed: time(),
      basket: number({ min: 0, about: 'EUR' }),
      items: number({ min: 1, integer: true }),
      country: category(['DE', 'FR', 'NL']),
    },
    target: binary('returned', { positive: 'yes', negative: 'no', labelDelay: '10 rows' }),
    contract: { rules: [unique(['placed'])], quarantineShareMax: 0.2 },
    trainer: gbdt({ treesMax: 60 }),
    gates: [atLeast('auroc', 0.6)],
  });
