import type { Context } from 'hono';
import type { ApiDependencies, ApiEnvironment } from '../../control/environment.ts';
import { asKnown } from '../../control/failures.ts';
import { failurePage } from './failure.tsx';
import { withPageHeaders } from './headers.ts';
import type { PageCall } from './page-call.ts';

/** Runs `work`; what it throws becomes a page with the sentence, what to do, and the id of the request. */
export async function answered(
  context: Context<ApiEnvironment>,
  dependencies: ApiDependencies,
  work: (seen: { call: PageCall | null }) => Promise<Response>,
): Promise<Response> {
  const seen: { call: PageCall | null } = { call: null };
  try {
    return await work(seen);
  } catch (error) {
    const known = asKnown(error);
    const { status, code, message: text, hint } = known;
    const requestId = context.get('requestId');
    if (status >= 500) dependencies.log.error({ requestId, err: error, path: context.req.path }, text);
    const response = withPageHeaders(await failurePage({ status, code, text, hint, requestId, call: seen.call }));
    if (known.retryAfterSeconds !== undefined) response.headers.set('retry-after', String(known.retryAfterSeconds));
    return response;
  }
}
