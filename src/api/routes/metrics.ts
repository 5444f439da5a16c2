import type { Context, Next } from 'hono';
import { authoriseEverywhere } from '../../access/principal.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies, ApiEnvironment } from '../../control/environment.ts';
import { guard } from '../../control/guard.ts';

/** `GET /metrics` for Prometheus. They name every model: a token must be one for all, unless metrics are public. */
export function metricsRoute(app: Api, { database, metrics, hasPublicMetrics = false }: ApiDependencies): void {
  const gate = guard(database, 'get', '/metrics');
  app.get(
    '/metrics',
    async (context: Context<ApiEnvironment>, next: Next) => (hasPublicMetrics ? next() : gate(context, next)),
    async (context) => {
      if (!hasPublicMetrics) authoriseEverywhere(context.get('principal'), 'read');
      if (metrics === undefined) throw new PerennialError('not_found', 'This process counts nothing.');
      return context.body(await metrics.text(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    },
  );
}
