import type { LineageName } from '../../domain/record/lineage/lineage.ts';
import { rolloutPath, runPath, versionPath } from '../words/format.ts';

/** The page of a thing itself; null where it has none. */
export function thingPath(owner: string, name: LineageName): string | null {
  const { kind } = name;
  if (kind === 'snapshot') return `/snapshots/${name.key}`;
  const { model, key } = ofModel(owner, name);
  if (kind === 'version') return versionPath(model, Number(key));
  if (kind === 'run') return runPath(key);
  if (kind !== 'rollout') return null;
  const [version = '', attempt = ''] = key.split('/');
  return rolloutPath(model, Number(version), Number(attempt));
}

/** In the lineage of a view the name of the model stands before a key. */
function ofModel(owner: string, { kind, key }: LineageName): { readonly model: string; readonly key: string } {
  const isQualified =
    kind === 'version' ? key.includes('/') : /^[^/]+\/(?:train|ingest|import|rollout)\/|^[^/]+\/\d+\/\d+$/.test(key);
  if (!isQualified) return { model: owner, key };
  const slash = key.indexOf('/');
  return { model: key.slice(0, slash), key: key.slice(slash + 1) };
}
