import { Hono, type Context } from 'hono';
import { PerennialError } from '../../domain/words/errors.ts';
import { fallbackVersion } from '../../domain/rollout/routing.ts';
import { inferBody, parseBody } from '../edge/bodies.ts';
import type { ServedModel } from '../versions/model-table.ts';
import { predict } from '../answer/predict.ts';
import type { Serving } from '../serving.ts';
import { authenticate, authorisedModel } from './authenticate.ts';
import { notReadyReason } from './health-routes.ts';
import { metadataOf, rowsOfTensors, tensorsOf } from './protocol-tensors.ts';
import { notePredictions } from './predict-route.ts';
import { readJson } from './read-json.ts';
import { protocolError, type Env } from './respond.ts';

/** The Open Inference Protocol (KServe v2) in JSON, under `/v2`. */
export function protocolRoutes(serving: Serving, productVersion: string): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/health/live', (context) => context.json({ live: true }));
  app.get('/health/ready', (context) => {
    const reason = notReadyReason(serving);
    return reason === null ? context.json({ ready: true }) : context.json({ error: reason }, 503);
  });
  const server = async (context: Context<Env>): Promise<Response> => {
    await authenticate(serving, context, null);
    return context.json({ name: 'perennial', version: productVersion, extensions: [] });
  };
  app.get('/', server);
  app.get('', server);
  app.get('/models/:name', (context) => metadata(serving, context, context.req.param('name')));
  app.get('/models/:name/ready', (context) => ready(serving, context, context.req.param('name')));
  app.post('/models/:name/infer', (context) => infer(serving, context, context.req.param('name')));
  app.get('/models/:name/versions/:version', (context) =>
    metadata(serving, context, context.req.param('name'), context.req.param('version')),
  );
  app.get('/models/:name/versions/:version/ready', (context) =>
    ready(serving, context, context.req.param('name'), context.req.param('version')),
  );
  app.post('/models/:name/versions/:version/infer', (context) =>
    infer(serving, context, context.req.param('name'), context.req.param('version')),
  );
  app.onError((error, context) => protocolError(context, error, serving.log));
  return app;
}

async function metadata(serving: Serving, context: Context<Env>, name: string, version?: string): Promise<Response> {
  const model = await routed(serving, context, name, version);
  const versions = model.champion === null ? [] : [String(model.champion.routed.version)];
  return context.json({ name, versions, platform: 'onnx_onnxv1', ...metadataOf(model.edge) });
}

async function ready(serving: Serving, context: Context<Env>, name: string, version?: string): Promise<Response> {
  const model = await routed(serving, context, name, version);
  if (model.champion === null && (model.latestSpec.fallback ?? null) === null)
    throw new PerennialError('no_champion', `${name} has no champion yet`);
  return context.json({ name, ready: true });
}

async function infer(serving: Serving, context: Context<Env>, name: string, version?: string): Promise<Response> {
  const model = await routed(serving, context, name, version);
  const body = parseBody(inferBody, await readJson(context));
  const rows = rowsOfTensors(body);
  const predictions = await predict(serving, model, {
    rows,
    championOnly: version !== undefined,
    startedAtMs: context.get('startedAtMs'),
  });
  notePredictions(context, serving, name, predictions);
  const versions = new Set(
    predictions.map(({ version: number }) => (number === fallbackVersion ? 'fallback' : String(number))),
  );
  return context.json({
    model_name: name,
    model_version: versions.size === 1 ? [...versions][0] : String(model.champion?.routed.version),
    ...(body.id === undefined ? {} : { id: body.id }),
    outputs: tensorsOf(predictions, (model.champion?.signature ?? model.edge.logged).classes.length, body.outputs),
  });
}

/** A version in the path must be the champion: serving another one by name would go past gates and rollouts. */
async function routed(serving: Serving, context: Context<Env>, name: string, version?: string): Promise<ServedModel> {
  const model = await authorisedModel(serving, context, name);
  const champion = model.champion?.routed.version;
  if (version === undefined || version === String(champion)) return model;
  const known = champion === undefined ? 'it has no champion yet' : `the champion is version ${champion}`;
  throw new PerennialError('version_not_found', `${name} does not serve version ${version.slice(0, 20)}: ${known}.`, {
    hint: 'Leave the version out, or name the champion.',
  });
}
