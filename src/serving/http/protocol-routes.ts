import { Hono, type Context } from 'hono';
import { modelMetadata, modelReady, serverMetadata, type NamedVersion } from '../answer/describe-model.ts';
import { notReadyReason } from '../answer/health.ts';
import { infer } from '../answer/infer.ts';
import type { Serving } from '../serving.ts';
import { readJson } from './read-json.ts';
import { callOf, protocolError, type Env } from './respond.ts';

/** The Open Inference Protocol (KServe v2) in JSON, under `/v2`. */
export function protocolRoutes(serving: Serving, productVersion: string): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/health/live', (context) => context.json({ live: true }));
  app.get('/health/ready', (context) => {
    const reason = notReadyReason(serving);
    return reason === null ? context.json({ ready: true }) : context.json({ error: reason }, 503);
  });
  const server = async (context: Context<Env>): Promise<Response> =>
    context.json(await serverMetadata(serving, callOf(context), productVersion));
  app.get('/', server);
  app.get('', server);
  for (const place of ['/models/:name', '/models/:name/versions/:version'] as const) {
    app.get(place, async (context) => context.json(await modelMetadata(serving, callOf(context), namedIn(context))));
    app.get(`${place}/ready`, async (context) =>
      context.json(await modelReady(serving, callOf(context), namedIn(context))),
    );
    app.post(`${place}/infer`, async (context) =>
      context.json(await infer(serving, callOf(context), { ...namedIn(context), readBody: () => readJson(context) })),
    );
  }
  app.onError((error, context) => protocolError(serving, context, error));
  return app;
}

function namedIn(context: Context<Env>): NamedVersion {
  return { model: context.req.param('name') ?? '', version: context.req.param('version') };
}
