import { authorise } from '../edge/authorise.ts';
import { labelsBody, parseBody } from '../edge/bodies.ts';
import type { Call, ReadBody } from '../edge/call.ts';
import { findModel } from '../edge/find-model.ts';
import { readLabels } from '../edge/read-labels.ts';
import type { Serving } from '../serving.ts';

/**
 * Takes labels in. Resolves when they are on disk; rejects (`unavailable`) when they could not be made durable, and the
 * client may send them again.
 */
export async function acceptLabels(serving: Serving, call: Call, { readBody }: { readonly readBody: ReadBody }) {
  await authorise(serving.tokens, call, { permission: 'predict', model: null });
  const { model: name, labels } = parseBody(labelsBody, await readBody());
  const { edge, entry } = await findModel(serving, call, name);
  serving.spool.assertRoom();
  const records = readLabels({ edge, name: entry.model, entities: serving.entities }, labels, Date.now());
  serving.spool.append(records.map((record) => ({ type: 'label', record })));
  await serving.spool.flushNow();
  serving.metrics?.labels(name, labels.length);
  call.span?.set({ 'perennial.model': name, 'perennial.labels': labels.length });
  return { model: name, accepted: labels.length };
}
