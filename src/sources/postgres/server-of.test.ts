import { expect, test } from 'vitest';
import { serverOf } from './server-of.ts';

const listed = ['10.0.0.1:5432'];
const sslOf = async (address: string, mode: string) =>
  (await serverOf(`postgres://reader:p%40ss@${address}/shop${mode}`, 'shop', listed)).ssl;

test('the parts of a URL, decoded, with the usual port', async () => {
  expect(await serverOf('postgresql://reader:p%40ss@10.0.0.1/sh%20op', 'shop', listed)).toEqual({
    address: '10.0.0.1',
    port: 5432,
    user: 'reader',
    password: 'p@ss',
    database: 'sh op',
    ssl: false,
    isListedDatabase: false,
  });
  expect(await serverOf('postgres://reader@10.0.0.1/shop', 'shop', ['10.0.0.1:5432/shop'])).toMatchObject({
    password: '',
    isListedDatabase: true,
  });
});

test('TLS is as sslmode says; without a word the internet is encrypted and checked', async () => {
  expect(await sslOf('10.0.0.1', '')).toBe(false);
  expect(await sslOf('8.8.8.8', '')).toEqual({});
  expect(await sslOf('8.8.8.8', '?sslmode=disable')).toBe(false);
  expect(await sslOf('8.8.8.8', '?sslmode=require')).toEqual({ rejectUnauthorized: false });
  expect(await sslOf('8.8.8.8', '?sslmode=verify-full')).toEqual({});
  expect(await sslOf('8.8.8.8', '?sslmode=verify-ca')).toEqual({ checkServerIdentity: expect.any(Function) });
});
