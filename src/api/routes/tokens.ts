import { tokenCreated, tokenList, tokenRevoked } from '../../contracts/http/answers.ts';
import { revokeQuery, rotateRequest, signInLinkView, tokenRotated } from '../../contracts/http/audit.ts';
import { rotateToken } from '../../commands/people/rotate-token.ts';
import { createSignInLink } from '../../commands/people/sign-in-link.ts';
import { tokenParams, tokenRequest } from '../../contracts/http/requests.ts';
import { createToken, listTokens, revokeToken } from '../../commands/people/tokens.ts';
import { pageOfList } from '../../contracts/http/page.ts';
import { shortListQuery } from '../../contracts/http/requests.ts';
import { answers, jsonBody } from '../answers.ts';
import { linkNext } from '../../control/entity-tag.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { contextsOver } from '../context-of.ts';
import { secured } from '../secured.ts';

/** Tokens: made, listed without their secrets, revoked. Admins for all models only. */
export function tokenRoutes(app: Api, dependencies: ApiDependencies): void {
  const { database } = dependencies;
  const contextOf = contextsOver(dependencies);
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/tokens',
      summary: 'Tokens',
      request: { query: shortListQuery },
      responses: answers(tokenList, 'Latest first, without secrets.'),
    }),
    async (context) => {
      const { items, next } = pageOfList(
        await listTokens(contextOf(context)),
        context.req.valid('query'),
        (token) => token.tokenId,
      );
      linkNext(context, next);
      return context.json({ tokens: [...items], next }, 200);
    },
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
      return context.json(
        await createToken(contextOf(context), { name, role, scope, expiresInDays: expiresInDays ?? null }),
        200,
      );
    },
  );
  app.openapi(
    secured(database, {
      method: 'delete',
      path: '/v1/tokens/{id}',
      summary: 'Revoke a token',
      request: { params: tokenParams, query: revokeQuery },
      responses: answers(tokenRevoked, 'It proves nothing any more.'),
    }),
    async (context) => {
      const tokenId = context.req.valid('param').id;
      await revokeToken(contextOf(context), { tokenId, force: context.req.valid('query').force === 'true' });
      return context.json({ tokenId, revoked: true as const }, 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/tokens/{id}/rotate',
      summary: 'Replace a token by a new one',
      request: { params: tokenParams, body: jsonBody(rotateRequest) },
      responses: answers(
        tokenRotated,
        'The new secret is here and nowhere else; the old one lives on for the grace time.',
      ),
    }),
    async (context) => {
      const { graceMinutes } = context.req.valid('json');
      return context.json(
        await rotateToken(contextOf(context), {
          tokenId: context.req.valid('param').id,
          graceMinutes: graceMinutes ?? 0,
        }),
        200,
      );
    },
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/sign-in-links',
      summary: 'A link that signs a browser in once',
      responses: answers(signInLinkView, 'Good for one minute and one browser; it does what the token may do.'),
    }),
    async (context) => {
      const { path, expiresAt } = await createSignInLink(contextOf(context));
      const base = dependencies.controlUrl ?? new URL(context.req.url).origin;
      return context.json({ url: `${base}${path}`, expiresAt }, 200);
    },
  );
}
