import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { z } from 'zod';
import { bearerOf } from '../access/secret.ts';
import { seal, unseal } from '../access/seal.ts';
import { verifyBearer } from '../access/verify-token.ts';
import { idempotencyKey } from '../contracts/http/requests.ts';
import { withTransaction } from '../db/base/connect.ts';
import { forgetRequest, keepAnswer, takeKey } from '../db/people/kept-answers.ts';
import { PerennialError } from '../domain/words/errors.ts';
import type { ApiDependencies, ApiEnvironment } from './environment.ts';
import { countingFailures } from './guard.ts';
import type { Operations } from './operations.ts';

const keptAnswer = z.object({ status: z.int(), contentType: z.string(), body: z.string() });

/** Refusals that the same request will always get; every other one frees the key. */
const finalRefusals = new Set([404, 409, 412, 422]);

/**
 * `Idempotency-Key` for POST routes whose verb does not keep keys itself (commands of a model do, in their own row):
 * the first answer is stored and given again; another request under the same key is refused; of two at once, one waits.
 * The answer is sealed with the caller's own token, so that nobody else can have it given to them, the database
 * included.
 */
export function keepAnswers({ database }: ApiDependencies, operations: Operations) {
  return createMiddleware<ApiEnvironment>(async (context, next) => {
    const key = context.req.header('idempotency-key');
    const secret = bearerOf(context.req.header('authorization'));
    if (key === undefined || secret === null || context.req.method !== 'POST') return next();
    const operation = operations.find('POST', context.req.path);
    if (operation === null || operation.hasOwnKeys || !operation.path.startsWith('/v1/')) return next();
    // Who asks is proven first: a stranger must learn nothing, and a revoked token gets nothing again. The guard of the
    // route stays where it is.
    const header = context.req.header('authorization');
    const principal = await countingFailures(context, secret, () => verifyBearer(database.db, header));
    if (!idempotencyKey.safeParse(key).success) {
      throw new PerennialError(
        'invalid_request',
        'The request is not valid: idempotency-key must be 1 to 200 printable ASCII characters without spaces.',
        { path: 'idempotency-key' },
      );
    }
    const what = `POST ${context.req.path}`;
    const hash = createHash('sha256')
      .update(`${what}\n`)
      .update(new Uint8Array(await context.req.arrayBuffer()))
      .digest('hex');
    const id = idOf(principal.tokenId, key);
    const kept = await takeKey(database.db, { id, actor: principal.name, what, hash });
    if (kept.state === 'other')
      throw new PerennialError('idempotency_reused', 'The Idempotency-Key was used before for another request.', {
        path: 'Idempotency-Key',
      });
    if (kept.state === 'under-way')
      throw new PerennialError('idempotency_in_progress', 'A request with this Idempotency-Key is being answered.', {
        path: 'Idempotency-Key',
      });
    if (kept.state === 'answered') return give(unseal(kept.sealed, secret, key));
    let isKept = false;
    try {
      await next();
      isKept = await keep(context, (text) => keepAnswer(database.db, id, seal(text, secret, key)));
    } finally {
      if (!isKept) await withTransaction(database, (tx) => forgetRequest(tx, id));
    }
  });
}

async function keep(context: Context<ApiEnvironment>, store: (text: string) => Promise<void>): Promise<boolean> {
  const { status } = context.res;
  const contentType = context.res.headers.get('content-type') ?? '';
  if (!(status >= 200 && status < 300) && !finalRefusals.has(status)) return false;
  await store(JSON.stringify({ status, contentType, body: await context.res.clone().text() }));
  return true;
}

function give(text: string | null): Response {
  const parsed = keptAnswer.safeParse(text === null ? null : JSON.parse(text));
  if (!parsed.success)
    throw new PerennialError('idempotency_reused', 'The Idempotency-Key was used before, with another token.', {
      path: 'Idempotency-Key',
    });
  const { status, contentType, body } = parsed.data;
  return new Response(body, { status, headers: { 'content-type': contentType } });
}

/** A UUID of its own for (token, key): two clients who both number their requests 1, 2, 3 do not meet. */
function idOf(tokenId: string, key: string): string {
  const hex = createHash('sha256').update(`request\u0000${tokenId}\u0000${key}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
