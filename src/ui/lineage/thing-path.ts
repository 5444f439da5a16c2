import type { LineageName } from '../../domain/record/lineage/lineage.ts';
import { rolloutPath, runPath, versionPath } from '../words/format.ts';

/** The page of a thing itself; null where it has none. */
export function thingPath(model: string, { kind, key }: LineageName): string | null {
  if (kind === 'snapshot') return `/snapshots/${key}`;
  if (kind === 'version') return versionPath(model, Number(key));
  if (kind === 'run') return runPath(key);
  if (kind !== 'rollout') return null;
  const [version = '', attempt = ''] = key.split('/');
  return rolloutPath(model, Number(version), Number(attempt));
}
