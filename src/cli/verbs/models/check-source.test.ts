import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { problemOf } from '../../../contracts/http/problem.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import { fixtureSpec, fixtureTargets } from '../../../../tests/worlds/training-fixture.ts';
import { checkSources } from './check-source.ts';

test('the sources of a file are looked at for a minute in all', async () => {
  let nowMs = 0;
  let looks = 0;
  const server = createServer((_, response) => {
    looks += 1;
    nowMs += 25_000;
    const problem = problemOf(new PerennialError('timeout', 'The first rows were not read within 25 s.'), 'r');
    response.writeHead(problem.status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const stack = { controlUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 't' };
  const specs = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ ...fixtureSpec(fixtureTargets.binary), name }));
  const late = 'Not checked: The first rows were not read within 25 s.';
  const left = 'Not checked: the looks at other sources took 60 s.';
  expect(await checkSources(stack, specs, () => nowMs)).toEqual([
    { name: 'a', text: `"a": ${late}` },
    { name: 'b', text: `"b": ${late}` },
    { name: 'c', text: `"c": ${late}` },
    { name: 'd', text: `"d": ${left}` },
    { name: 'e', text: `"e": ${left}` },
  ]);
  expect(looks).toBe(3);
});
