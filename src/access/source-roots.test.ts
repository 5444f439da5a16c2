import { expect, test } from 'vitest';
import { readConfig } from '../config.ts';
import { writeSourceRoots } from '../settings/source-roots.ts';
import { rootsOf } from './source-roots.ts';

const rootsSet = (text: string) => readConfig({ PERENNIAL_SOURCE_ROOTS: text }).sourceRoots;

test('folders and buckets are declared alike, each for its scope', () => {
  const declared = rootsSet('payments.*=/data/payments,payments.*=s3://lake/payments/day=1,/data/shared,s3://open');
  expect(rootsOf('payments.fraud', declared)).toEqual({
    roots: ['/data/payments', '/data/shared'],
    buckets: ['s3://lake/payments/day=1', 's3://open'],
  });
  expect(rootsOf('shop', declared)).toEqual({ roots: ['/data/shared'], buckets: ['s3://open'] });
  expect(rootsSet(writeSourceRoots(declared))).toEqual(declared);
});

test.each(['relative', 's3://', 's3://UPPER/x', 'https://lake.example/x', '*=s3:/lake'])('%s is no root', (text) => {
  expect(() => rootsSet(text)).toThrow(/^PERENNIAL_SOURCE_ROOTS must be a comma-separated list of SCOPE=PATH/);
});

test('a bucket of artifacts is read from settings, and a folder stands beside it', () => {
  const bucket = readConfig({
    PERENNIAL_STATE_DIR: '/state',
    PERENNIAL_ARTIFACTS: 's3://models/of/ours',
    PERENNIAL_ARTIFACT_CACHE_GIB: '2',
  });
  expect(bucket).toMatchObject({
    artifacts: 's3://models/of/ours',
    artifactDir: '/state/artifacts',
    artifactBucket: { url: 's3://models/of/ours', cacheBytesMax: 2 * 1024 ** 3 },
  });
  expect(readConfig({ PERENNIAL_ARTIFACT_DIR: '/a' })).toMatchObject({ artifacts: '/a', artifactBucket: null });
  expect(() => readConfig({ PERENNIAL_ARTIFACTS: '/a' })).toThrow('PERENNIAL_ARTIFACTS must be s3://bucket');
});
