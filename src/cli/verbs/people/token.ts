import { roles } from '../../../domain/record/closed-sets.ts';
import { sayChoice } from '../../../domain/words/say.ts';
import { tokenCreated, tokenList, tokenRevoked, type TokenView } from '../../../contracts/http/answers.ts';
import { tokenRotated } from '../../../contracts/http/audit.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import { nearestName } from '../../../domain/words/nearest-name.ts';
import { columns, shortInstant } from '../../../domain/words/columns.ts';
import { request } from '../../../stack/request.ts';
import { findStack } from '../../../stack/find-stack.ts';
import type { Call, Verb } from '../../line/verb.ts';

const actions = ['create', 'list', 'rotate', 'revoke'] as const;

export const tokenVerb: Verb = {
  name: 'token',
  about: 'Make, list, rotate or revoke tokens (admins only): create, list, rotate <id>, revoke <id>.',
  words: ['<create|list|rotate|revoke>', '[id]'],
  flags: [
    { name: 'name', kind: 'text', about: 'create: who or what it is for; written beside everything that it does.' },
    { name: 'role', kind: 'text', value: 'ROLE', about: `create: ${sayChoice(roles)}.` },
    {
      name: 'scope',
      kind: 'text',
      value: 'GLOB',
      about: 'create: models that it covers, such as "payments.*" (default "*").',
    },
    { name: 'expires-days', kind: 'text', value: 'N', about: 'create: days until it ends by itself (default never).' },
    {
      name: 'grace',
      kind: 'text',
      value: 'MINUTES',
      about: 'rotate: minutes that the old secret works beside the new one (default 0, at most 10080).',
    },
    { name: 'force', kind: 'switch', about: 'revoke: also the last admin token for all models.' },
  ],
  examples: [
    'perennial token create --name ci --role operator --scope "payments.*"',
    'perennial token list',
    'perennial token rotate <id> --grace 60',
    'perennial token revoke <id>',
  ],
  async run(call) {
    const [action = ''] = call.words;
    if (action === 'create') return createToken(call);
    if (action === 'list') return listTokens(call);
    if (action === 'rotate') return rotateToken(call);
    if (action === 'revoke') return revokeToken(call);
    const close = nearestName(action, actions);
    throw misuse(`\`perennial token\` has no "${action}"${close === null ? '' : `; did you mean ${close}?`}`, action);
  },
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

async function listTokens({ config, out }: Call): Promise<void> {
  const stack = await findStack(config);
  const { tokens } = await request(tokenList, {
    method: 'GET',
    url: `${stack.controlUrl}/v1/tokens`,
    token: stack.token,
  });
  const rows = tokens.map((token) => [
    token.tokenId,
    token.name,
    token.role,
    token.scope,
    token.lastUsedAt === null ? 'never' : shortInstant(token.lastUsedAt),
    token.createdBy ?? '',
    stateOf(token),
  ]);
  for (const line of columns([['ID', 'NAME', 'ROLE', 'SCOPE', 'LAST USE', 'BY', 'STATE'], ...rows])) out.line(line);
  out.json(tokens);
}

async function rotateToken({ config, out, text, words: [, id] }: Call): Promise<void> {
  if (id === undefined) throw misuse('`perennial token rotate` needs an id', 'id');
  const grace = text('grace') ?? '0';
  if (!/^\d{1,5}(\.\d+)?$/.test(grace)) throw misuse('--grace must be a number of minutes', '--grace');
  const stack = await findStack(config);
  const url = `${stack.controlUrl}/v1/tokens/${encodeURIComponent(id)}/rotate`;
  const made = await request(tokenRotated, {
    method: 'POST',
    url,
    token: stack.token,
    body: { graceMinutes: Number(grace) },
  });
  const end = made.graceMinutes === 0 ? 'proves nothing any more' : `works for ${made.graceMinutes} more minute(s)`;
  out.line(
    `Rotated ${made.replaces} into ${made.tokenId} (${made.name}, ${made.role} of ${made.scope}); the old one ` +
      `${end}. The new secret is shown once, now:`,
  );
  out.line(made.secret);
  out.json(made);
}

async function revokeToken({ config, out, isSet, words: [, id] }: Call): Promise<void> {
  if (id === undefined) throw misuse('`perennial token revoke` needs an id', 'id');
  const stack = await findStack(config);
  const url = `${stack.controlUrl}/v1/tokens/${encodeURIComponent(id)}${isSet('force') ? '?force=true' : ''}`;
  const revoked = await request(tokenRevoked, { method: 'DELETE', url, token: stack.token });
  out.line(`Revoked ${revoked.tokenId}.`);
  out.json(revoked);
}

function stateOf(token: TokenView): string {
  const into = token.rotatedInto === null ? '' : `, rotated into ${token.rotatedInto}`;
  if (token.revokedAt !== null) return `revoked ${shortInstant(token.revokedAt)}${into}`;
  if (token.expiresAt === null) return 'live';
  return `${Date.parse(token.expiresAt) <= Date.now() ? 'expired' : 'until'} ${shortInstant(token.expiresAt)}${into}`;
}

function misuse(sentence: string, path: string): PerennialError {
  return new PerennialError('invalid_request', `${sentence}.`, { path, hint: 'See `perennial token --help`.' });
}
