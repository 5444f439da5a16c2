import { expect, test } from 'vitest';
import { csv, folder, kafka, s3 } from '../../sdk/index.ts';
import { sourceSchema } from './spec-source.ts';

const broker = { brokers: ['kafka-1:9092'], topic: 'paid' };
const json = { ...broker, format: 'json' } as const;
const avroOf = (...fields: { name: string; type: string }[]) => ({
  avro: { type: 'record', name: 'Paid', fields },
});
const login = { username: 'kafka-user', password: 'kafka-word' };

const names = { accessKeyId: 'lake-id', secretAccessKey: 'lake-key' };

test.each([
  csv('a.csv'),
  folder('days', { format: 'csv' }),
  folder('/data/days', { format: 'parquet', pattern: '2024/**/*.parquet', settleMs: 0, onRewrite: 'retake' }),
  s3('s3://lake', { format: 'ndjson' }),
  s3('s3://lake/a prefix/of=ours/', { format: 'csv', traffic: 'ignore', region: 'eu-central-1', credentials: names }),
  s3('s3://lake/days', { format: 'csv', endpoint: 'http://minio:9000', credentials: { ...names, sessionToken: 't' } }),
  kafka(json),
  kafka({
    ...json,
    brokers: ['[2001:db8::1]:9092'],
    startAt: 'earliest',
    keyColumn: 'id',
    timeColumn: 'at',
    tls: 'verified',
  }),
  kafka({ ...json, startAt: '2026-05-01T00:00:00+02:00', credentials: { ...login, mechanism: 'plain' }, group: 'g' }),
  kafka({ ...broker, format: { ...avroOf({ name: 'n', type: 'long' }), framing: 'registry' }, batchRows: 10 }),
])('what the SDK declares is taken as it is: %j', (source) => {
  expect(sourceSchema.parse(source)).toEqual(source);
});

test.each([
  ['settleMs', folder('days', { format: 'csv', settleMs: -1 })],
  ['pattern', folder('days', { format: 'csv', pattern: '' })],
  ['path', folder('', { format: 'csv' })],
  ['path', folder('days\u0000', { format: 'csv' })],
  ['url', s3('https://lake.example/days', { format: 'csv' })],
  ['url', s3('s3://Lake/days', { format: 'csv' })],
  ['url', s3('s3:///days', { format: 'csv' })],
  ['url', s3('s3://lake/da\nys', { format: 'csv' })],
  ['endpoint', s3('s3://lake', { format: 'csv', endpoint: 'https://user:secret@minio:9000' })],
  ['endpoint', s3('s3://lake', { format: 'csv', endpoint: 'https://minio/path' })],
  ['endpoint', s3('s3://lake', { format: 'csv', endpoint: 'file:///etc/passwd' })],
  ['brokers', kafka({ ...json, brokers: [] })],
  ['brokers', kafka({ ...json, brokers: ['kafka://kafka-1:9092'] })],
  ['brokers', kafka({ ...json, brokers: ['user:wJalr@kafka-1:9092'] })],
  ['topic', kafka({ ...json, topic: '../paid' })],
  ['topic', kafka({ ...json, topic: '..' })],
  ['startAt', kafka({ ...json, startAt: 'latest' })],
  ['startAt', kafka({ ...json, startAt: '2026-05-01T00:00:00' })],
  ['keyColumn', kafka({ ...json, keyColumn: '_kafka' })],
  ['timeColumn', kafka({ ...json, keyColumn: 'a', timeColumn: 'a' })],
  ['keyColumn', kafka({ ...broker, format: avroOf({ name: 'n', type: 'long' }), keyColumn: 'n' })],
  ['format', kafka({ ...broker, format: avroOf({ name: 'n', type: 'number' }) })],
  ['format', kafka({ ...broker, format: avroOf({ name: '_kafka', type: 'long' }) })],
  ['credentials', kafka({ ...json, credentials: { ...login, password: 'wJalrXUtnFEMI/K7MDENG' } })],
  // Somebody has written a secret where its name belongs.
  [
    'credentials',
    s3('s3://lake', { format: 'csv', credentials: { ...names, secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' } }),
  ],
])('a wrong %s is named', (member, source) => {
  const parsed = sourceSchema.safeParse(source);
  expect(parsed.error?.issues[0]?.path[0]).toBe(member);
  expect(parsed.error?.issues[0]?.message).not.toContain('wJalr');
});

test('a kind that is none is refused by the kinds that there are', () => {
  const parsed = sourceSchema.safeParse({ kind: 'ftp', path: 'a' });
  expect(parsed.error?.issues[0]?.message).toBe(
    'must be "file" or "folder" or "s3" or "postgres" or "push" or "kafka" or "union"',
  );
});

test('a member of a union is told by its path, a kind that is none of them and a name that is none', () => {
  const said = (members: object) => {
    const issue = sourceSchema.safeParse({ kind: 'union', members }).error?.issues[0];
    return [issue?.path.join('.'), issue?.message];
  };
  const push = { kind: 'push' };
  expect(sourceSchema.safeParse({ kind: 'union', members: { a: push, b: push } }).success).toBe(true);
  expect(said({ a: { kind: 'union', members: {} } })).toEqual([
    'members.a.kind',
    'must be "file" or "folder" or "s3" or "postgres" or "push" or "kafka"',
  ]);
  expect(said({ a: { kind: 'push', freshMs: 1 } })[0]).toBe('members.a.freshMs');
  expect(said({ 'A b': push })[0]).toBe('members.A b');
});

test('the writers of a topic are held against the declared schema when it is applied', () => {
  const record = (...fields: object[]) => ({ type: 'record', name: 'Paid', fields });
  const avro = record({ name: 'amount', type: 'double' }, { name: 'country', type: 'string' });
  const said = (format: object) => {
    const kafka = { kind: 'kafka', brokers: ['b:9093'], topic: 'paid', format: { avro, ...format } };
    const issue = sourceSchema.safeParse(kafka).error?.issues[0];
    return issue === undefined ? null : `${issue.path.join('.')} ${issue.message}`;
  };
  const lacking = record({ name: 'amount', type: 'int' });
  const other = record({ name: 'amount', type: 'string' }, { name: 'country', type: 'string' });
  expect(said({ writers: { '7': avro } })).toBeNull();
  expect(said({ writers: { '7': lacking } })).toBe(
    'format.writers.7 cannot be read as `avro`: it has no field "country", which has no default',
  );
  expect(said({ writers: { '7': other } })).toBe(
    'format.writers.7 cannot be read as `avro`: has a field "amount" that cannot be read as declared: ' +
      'string was written where double is declared',
  );
  const untyped = record({ name: 'amount', type: 'double' }, { name: 'country', type: 'string', default: 3 });
  expect(said({ avro: untyped, writers: { '7': avro } })).toBeNull();
  expect(said({ avro: untyped, writers: { '7': lacking } })).toBe(
    'format.writers.7 cannot be read as `avro`: it has no field "country", whose default is no string',
  );
  expect(said({ writers: { x: avro } })).toBe(
    'format.writers.x must be the id of a schema in a registry, a whole number from 1 on',
  );
  expect(said({ writers: {} })).toBe('format.writers must name 1 to 100 schemas');
  expect(said({ writers: { '7': avro }, framing: 'none' })).toMatch(/^format\.writers must not stand beside framing/);
});

test('an authority is checked where TLS is spoken', () => {
  const kafka = { kind: 'kafka', brokers: ['b:9093'], topic: 'paid', format: 'json', ca: 'kafka-ca' };
  expect(sourceSchema.safeParse(kafka).success).toBe(true);
  expect(sourceSchema.safeParse({ ...kafka, tls: 'none' }).error?.issues[0]?.path).toEqual(['ca']);
  expect(sourceSchema.safeParse({ ...kafka, ca: '-----BEGIN CERTIFICATE-----' }).error?.issues[0]?.path).toEqual([
    'ca',
  ]);
});

test.each(['file', 'folder', 's3', 'postgres', 'push', 'kafka', 'union'])(
  'a %s may declare how fresh it must be',
  (kind) => {
    const own: Record<string, object> = {
      file: { path: 'a.csv', format: 'csv' },
      folder: { path: 'a', format: 'csv' },
      s3: { url: 's3://lake/a/', format: 'csv' },
      postgres: { secret: 'shop', query: 'select 1' },
      push: {},
      kafka: { brokers: ['b:9093'], topic: 'paid', format: 'json' },
      union: { members: { a: { kind: 'push' }, b: { kind: 'push' } } },
    };
    expect(sourceSchema.safeParse({ kind, ...own[kind], freshMs: 60_000 }).success).toBe(true);
    expect(sourceSchema.safeParse({ kind, ...own[kind], freshMs: 59_999 }).error?.issues[0]?.path).toEqual(['freshMs']);
  },
);
