import type { Context } from 'hono';
import { authorise } from '../edge/authorise.ts';
import type { Serving } from '../serving.ts';
import { callOf, type Env } from './respond.ts';

/** Who may read the metrics, and whose. */
export interface MetricsDoor {
  /** The metrics of all processes of this server; absent without a primary. */
  readonly scrape?: (() => Promise<string>) | undefined;
  /** True answers without a token. */
  readonly hasPublicMetrics?: boolean | undefined;
}

const contentType = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * `GET /metrics`, of all processes behind this port. Takes a token that may read all models, unless metrics are public:
 * the scope must cover every name that may stand in a label, and only `*` covers `*`.
 */
export async function metricsRoute(serving: Serving, door: MetricsDoor, context: Context<Env>): Promise<Response> {
  if (door.hasPublicMetrics !== true)
    await authorise(serving.tokens, callOf(context), { permission: 'read', model: '*' });
  const text = await (door.scrape?.() ?? serving.metrics?.text() ?? Promise.resolve(''));
  return context.body(text, 200, { 'content-type': contentType, 'cache-control': 'no-store' });
}
