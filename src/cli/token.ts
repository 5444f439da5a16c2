import { tokenCreated, tokenList, tokenRevoked } from '../contracts/answers.ts';
import { PerennialError } from '../domain/errors.ts';
import { nearestName } from '../domain/nearest-name.ts';
import { columns, shortInstant } from './columns.ts';
import { request } from './request.ts';
import { findStack } from './find-stack.ts';
import type { Call, Verb } from './verb.ts';

const actions = ['create', 'list', 'revoke'] as const;

export const tokenVerb: Verb = {
  name: 'token',
  about: 'Make, list or revoke tokens (admins only): create, list, revoke <id>.',
  words: ['<create|list|revoke>', '[id]'],
  flags: [
    { name: 'name', kind: 'text', about: 'create: who or what it is for; written beside everything that it does.' },
    { name: 'role', kind: 'text', value: 'ROLE', about: 'create: viewer, predictor, operator or admin.' },
    { name: 'scope', kind: 'text', value: 'GLOB', about: 'create: models that it covers, such as "payments.*" (default "*").' },
    { name: 'expires-days', kind: 'text', value: 'N', about: 'create: days until it ends by itself (default never).' },
  ],
  examples: ['perennial token create --name ci --role operator --scope "payments.*"', 'perennial token list', 'perennial token revoke <id>'],
  async run(call) {
    const [action = ''] = call.words;
    if (action === 'create') return createToken(call);
    if (action === 'list') return listTokens(call);
    if (action === 'revoke') return revokeToken(call);
    const close = nearestName(action, actions);
    throw misuse(`\`perennial token\` has no "${action}"${close === null ? '' : `; did you mean ${close}?`}`, action);
  },
};

async function createToken({ config, out, text }: Call): Promise<void> {
  const name = text('name');
  const role = text('role');
  if (name === null || role === null) throw misuse('A token needs --name and --role', name === null ? '--name' : '--role');
  const days = text('expires-days');
  if (days !== null && !/^\d{1,4}(\.\d+)?$/.test(days)) throw misuse('--expires-days must be a number of days', '--expires-days');
  const body = { name, role, scope: text('scope') ?? '*', ...(days === null ? {} : { expiresInDays: Number(days) }) };
  const stack = await findStack(config);
  const made = await request(tokenCreated, { method: 'POST', url: `${stack.controlUrl}/v1/tokens`, token: stack.token, body });
  out.line(`Made ${made.tokenId}: ${made.name}, ${made.role} of ${made.scope}. The secret is shown once, now:`);
  out.line(made.secret);
  out.json(made);
}

async function listTokens({ config, out }: Call): Promise<void> {
  const stack = await findStack(config);
  const { tokens } = await request(tokenList, { method: 'GET', url: `${stack.controlUrl}/v1/tokens`, token: stack.token });
  const rows = tokens.map((token) => [token.tokenId, token.name, token.role, token.scope, stateOf(token)]);
  for (const line of columns([['ID', 'NAME', 'ROLE', 'SCOPE', 'STATE'], ...rows])) out.line(line);
  out.json(tokens);
}

async function revokeToken({ config, out, words: [, id] }: Call): Promise<void> {
  if (id === undefined) throw misuse('`perennial token revoke` needs an id', 'id');
  const stack = await findStack(config);
  const url = `${stack.controlUrl}/v1/tokens/${encodeURIComponent(id)}`;
  const revoked = await request(tokenRevoked, { method: 'DELETE', url, token: stack.token });
  out.line(`Revoked ${revoked.tokenId}.`);
  out.json(revoked);
}

function stateOf(token: { readonly revokedAt: string | null; readonly expiresAt: string | null }): string {
  if (token.revokedAt !== null) return `revoked ${shortInstant(token.revokedAt)}`;
  return token.expiresAt === null ? 'live' : `until ${shortInstant(token.expiresAt)}`;
}

function misuse(sentence: string, path: string): PerennialError {
  return new PerennialError('invalid_request', `${sentence}.`, { path, hint: 'See `perennial token --help`.' });
}
