import type { ProxyRecord } from '../../domain/record/records.ts';
import { listNames, nearestName } from '../../domain/words/nearest-name.ts';
import type { ProxyItem } from './bodies.ts';
import type { EdgeSignature } from './edge-signature.ts';
import { refusedAt } from './refused-at.ts';

/** Proxies of one request as records, late and repeated ones too. Throws for the first that is not declared. */
export function readProxies(
  { edge, name: model }: { readonly edge: Pick<EdgeSignature, 'proxies'>; readonly name: string },
  items: readonly ProxyItem[],
  receivedAtMs: number,
): readonly ProxyRecord[] {
  return items.map(({ name, predictionId, value }, index) => {
    if (!edge.proxies.includes(name)) throw unknownProxy(`proxies[${index}].name`, name, edge.proxies);
    return { model, name, predictionId, value: Number(value), receivedAtMs };
  });
}

function unknownProxy(path: string, name: string, known: readonly string[]): Error {
  if (known.length === 0) return refusedAt(path, `${path}: this model declares no proxies (watch.proxies)`);
  const nearest = nearestName(name, known);
  const hint = nearest === null ? `it declares ${listNames(known)}` : `did you mean "${nearest}"?`;
  return refusedAt(path, `${path} is the unknown proxy "${name}"; ${hint}`);
}
