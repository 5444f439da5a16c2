import { expect, test } from 'vitest';
import { csv, folder, s3 } from '../../sdk/index.ts';
import { sourceSchema } from './spec-source.ts';

const names = { accessKeyId: 'lake-id', secretAccessKey: 'lake-key' };

test.each([
  csv('a.csv'),
  folder('days', { format: 'csv' }),
  folder('/data/days', { format: 'parquet', pattern: '2024/**/*.parquet', settleMs: 0, onRewrite: 'retake' }),
  s3('s3://lake', { format: 'ndjson' }),
  s3('s3://lake/a prefix/of=ours/', { format: 'csv', traffic: 'ignore', region: 'eu-central-1', credentials: names }),
  s3('s3://lake/days', { format: 'csv', endpoint: 'http://minio:9000', credentials: { ...names, sessionToken: 't' } }),
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
    'must be "file" or "folder" or "s3" or "postgres" or "push" or "union"',
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
    'must be "file" or "folder" or "s3" or "postgres" or "push"',
  ]);
  expect(said({ a: { kind: 'push', freshMs: 1 } })[0]).toBe('members.a.freshMs');
  expect(said({ 'A b': push })[0]).toBe('members.A b');
});
