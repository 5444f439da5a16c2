import { authorise } from '../edge/authorise.ts';
import { parseBody, proxiesBody } from '../edge/bodies.ts';
import type { Call, ReadBody } from '../edge/call.ts';
import { findModel } from '../edge/find-model.ts';
import { readProxies } from '../edge/read-proxies.ts';
import type { Serving } from '../serving.ts';

/**
 * Takes proxies in, as labels are: resolves when they are on disk; rejects (`unavailable`) when they could not be made
 * durable, and the client may send them again.
 */
export async function acceptProxies(serving: Serving, call: Call, { readBody }: { readonly readBody: ReadBody }) {
  await authorise(serving.tokens, call, { permission: 'predict', model: null });
  const { model: name, proxies } = parseBody(proxiesBody, await readBody());
  const { edge, entry } = await findModel(serving, call, name);
  serving.spool.assertRoom();
  const records = readProxies({ edge, name: entry.model }, proxies, Date.now());
  serving.spool.append(records.map((record) => ({ type: 'proxy', record })));
  await serving.spool.flushNow();
  call.span?.set({ 'perennial.model': name, 'perennial.proxies': proxies.length });
  return { model: name, accepted: proxies.length };
}
