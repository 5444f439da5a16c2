import type { Context } from 'hono';
import { acceptLabels } from '../edge/accept-labels.ts';
import { labelsBody, parseBody } from '../edge/bodies.ts';
import type { Serving } from '../serving.ts';
import { authenticate, authorisedModel } from './authenticate.ts';
import { readJson } from './read-json.ts';
import type { Env } from './respond.ts';

/** `POST /v1/labels`: 202 once the labels are on disk. */
export async function labelsRoute(serving: Serving, context: Context<Env>): Promise<Response> {
  // Before the body is read: a stranger must not make this process parse megabytes.
  await authenticate(serving, context, null);
  const { model: name, labels } = parseBody(labelsBody, await readJson(context));
  const model = await authorisedModel(serving, context, name);
  await acceptLabels(serving, model, labels);
  serving.metrics?.labels(name, labels.length);
  context.get('span')?.set({ 'perennial.model': name, 'perennial.labels': labels.length });
  return context.json({ model: name, accepted: labels.length }, 202);
}
