import { tokenCreated } from '../../../../contracts/http/answers.ts';
import { roles } from '../../../../domain/record/closed-sets.ts';
import { sayChoice } from '../../../../domain/words/say.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';

export const tokenCreateVerb: Verb = {
  name: 'token create',
  about: 'Make a token (admins only); its secret is shown once.',
  words: [],
  flags: [
    { name: 'name', kind: 'text', about: 'Who or what it is for; written beside everything that it does.' },
    { name: 'role', kind: 'text', value: 'ROLE', about: `One of: ${sayChoice(roles)}.` },
    { name: 'scope', kind: 'text', value: 'GLOB', about: 'Models that it covers, such as "payments.*" (default "*").' },
    { name: 'expires-days', kind: 'text', value: 'N', about: 'Days until it ends by itself (default never).' },
  ],
  examples: ['perennial token create --name ci --role operator --scope "payments.*"'],
  run: createToken,
};

async function createToken({ config, out, text }: Call): Promise<void> {
  const name = text('name');
  const role = text('role');
  if (name === null || role === null)
    throw misuse('A token needs --name and --role', name === null ? '--name' : '--role');
  const days = text('expires-days');
  if (days !== null && !/^\d{1,4}(\.\d+)?$/.test(days))
    throw misuse('--expires-days must be a number of days', '--expires-days');
  const body = { name, role, scope: text('scope') ?? '*', ...(days === null ? {} : { expiresInDays: Number(days) }) };
  const stack = await findStack(config);
  const made = await request(tokenCreated, {
    method: 'POST',
    url: `${stack.controlUrl}/v1/tokens`,
    token: stack.token,
    body,
  });
  out.line(`Made ${made.tokenId}: ${made.name}, ${made.role} of ${made.scope}. The secret is shown once, now:`);
  out.line(made.secret);
  out.json(made);
}

function misuse(sentence: string, path: string): PerennialError {
  return new PerennialError('invalid_request', `${sentence}.`, { path, hint: 'See `perennial token create --help`.' });
}
