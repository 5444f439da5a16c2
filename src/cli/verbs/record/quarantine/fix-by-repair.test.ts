import { expect, test } from 'vitest';
import type { Call } from '../../../line/verb.ts';
import { quarantineFixVerb } from './fix.ts';

/** A line of which nothing may be sent: what is wrong with it is told before a stack is looked for. */
function callOf(given: Readonly<Record<string, string | true>>): Call {
  return {
    words: ['4be1c7d0'],
    text: (name: string) => (typeof given[name] === 'string' ? given[name] : null),
    texts: () => [],
    isSet: (name: string) => given[name] === true,
  } as unknown as Call;
}

const trim = '{"repair":"trim","column":"country"}';

test.each([
  [{ repair: trim, set: 'country=DE' }, '--set edits cells, and --repair changes the definition.'],
  [{ repair: trim, where: 'line=3' }, '--where edits cells, and --repair changes the definition.'],
  [{ repair: trim, at: '-1' }, '--at is a place from 0.'],
  [{ repair: '{repair:trim}' }, 'The repair is not valid: it is no JSON ({repair:trim})'],
  [{ repair: '[]' }, 'The repair is not valid: the document must be an object'],
  [{ repair: '{"repair":"trim"}' }, 'The repair is not valid: column'],
  [{ repair: trim }, 'needs --reason'],
  [{ set: 'country=DE', 'dry-run': true }, '--dry-run goes with --repair.'],
  [{ set: 'country=DE', at: '1' }, '--at goes with --repair.'],
] as const)('%j is refused in one sentence', async (given, said) => {
  await expect(quarantineFixVerb.run(callOf(given))).rejects.toMatchObject({
    code: 'invalid_request',
    message: expect.stringContaining(said),
  });
});
