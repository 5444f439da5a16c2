import type { Lineage, LineageName } from '../../domain/record/lineage/lineage.ts';
import { isCalledAlike, partedName } from '../../domain/record/lineage/qualified-name.ts';
import { rolloutPath, runPath, versionPath } from '../words/format.ts';

type Of = Pick<Lineage, 'model' | 'isOfView'>;

/** The page of a thing itself; null where it has none. */
export function thingPath(of: Of, name: LineageName): string | null {
  const { kind } = name;
  if (kind === 'snapshot') return `/snapshots/${name.key}`;
  const { model, key } = ownerOf(of, name);
  if (kind === 'version') return versionPath(model, Number(key));
  if (kind === 'run') return runPath(key);
  if (kind !== 'rollout') return null;
  const [version = '', attempt = ''] = key.split('/');
  return rolloutPath(model, Number(version), Number(attempt));
}

/** Whose a thing is, and what it is called there. */
export function ownerOf({ model, isOfView }: Of, name: LineageName): { readonly model: string; readonly key: string } {
  if (!isOfView || name.kind === 'view' || isCalledAlike(name.kind)) return { model, key: name.key };
  const parted = partedName(name);
  return { model: parted.model, key: parted.name.key };
}
