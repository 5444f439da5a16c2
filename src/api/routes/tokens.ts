import type { Context } from 'hono';
import { tokenCreated, tokenList, tokenRevoked } from '../../contracts/answers.ts';
import { tokenParams, tokenRequest } from '../../contracts/requests.ts';
import type { CommandContext } from '../../commands/context.ts';
import { createToken, listTokens, revokeToken } from '../../commands/tokens.ts';
import { answers, jsonBody } from '../answers.ts';
import type { Api } from '../app.ts';
import type { ApiDependencies, ApiEnvironment } from '../environment.ts';
import { secured } from '../secured.ts';

/** Tokens: made, listed without their secrets, revoked. Admins for all models only. */
export function tokenRoutes(app: Api, dependencies: ApiDependencies): void {
  const { database } = dependencies;
  const contextOf = (context: Context<ApiEnvironment>): CommandContext => ({ ...dependencies, principal: context.get('principal') });
  app.openapi(
    secured(database, { method: 'get', path: '/v1/tokens', summary: 'Tokens', responses: answers(tokenList, 'Latest first, without secrets.') }),
    async (context) => context.json({ tokens: [...(await listTokens(contextOf(context)))] }, 200),
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/tokens',
      summary: 'Make a token',
      request: { body: jsonBody(tokenRequest) },
      responses: answers(tokenCreated, 'Its secret is here and nowhere else, ever again.'),
    }),
    async (context) => {
      const { name, role, scope, expiresInDays } = context.req.valid('json');
      return context.json(await createToken(contextOf(context), { name, role, scope, expiresInDays: expiresInDays ?? null }), 200);
    },
  );
  app.openapi(
    secured(database, { method: 'delete', path: '/v1/tokens/{id}', summary: 'Revoke a token', request: { params: tokenParams }, responses: answers(tokenRevoked, 'It proves nothing any more.') }),
    async (context) => {
      const tokenId = context.req.valid('param').id;
      await revokeToken(contextOf(context), { tokenId });
      return context.json({ tokenId, revoked: true as const }, 200);
    },
  );
}
