import { expect, test } from 'vitest';
import { isHere } from './connect.ts';

test('what is sent is packed on the way to another machine, and to no address of this one', () => {
  const here = [undefined, '127.0.0.1:7233', '127.0.1.1', 'localhost:7233', 'LOCALHOST', '[::1]:7233'];
  expect(here.filter((address) => !isHere(address))).toEqual([]);
  const away = [
    'temporal:7233',
    '10.0.0.7:7233',
    'localhost.example.org:7233',
    'a.tmprl.cloud:7233',
    '127.0.0.1.nip.io',
  ];
  expect(away.filter((address) => isHere(address))).toEqual([]);
});
