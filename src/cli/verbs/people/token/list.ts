import { tokenList, type TokenView } from '../../../../contracts/http/answers.ts';
import { columns, shortInstant } from '../../../../domain/words/columns.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';

export const tokenListVerb: Verb = {
  name: 'token list',
  about: 'Every token: role, scope, last use, who made it; never a secret (admins only).',
  words: [],
  flags: [],
  examples: ['perennial token list'],
  run: listTokens,
};

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

function stateOf(token: TokenView): string {
  const into = token.rotatedInto === null ? '' : `, rotated into ${token.rotatedInto}`;
  if (token.revokedAt !== null) return `revoked ${shortInstant(token.revokedAt)}${into}`;
  if (token.expiresAt === null) return 'live';
  return `${Date.parse(token.expiresAt) <= Date.now() ? 'expired' : 'until'} ${shortInstant(token.expiresAt)}${into}`;
}
