import type { LineageKind, LineageName } from './lineage.ts';

/** In the lineage of a view a key that is one only within a model stands behind the name of that: `fraud/3`. */
export function qualifiedName(model: string, { kind, key }: LineageName): LineageName {
  return { kind, key: `${model}/${key}` };
}

/** The reverse. Names of models have no slash; keys may have some. */
export function partedName({ kind, key }: LineageName): { readonly model: string; readonly name: LineageName } {
  const slash = key.indexOf('/');
  return { model: key.slice(0, Math.max(0, slash)), name: { kind, key: key.slice(slash + 1) } };
}

/** Whether things of a kind are called the same whoever's they are: of a digest there is one. */
export function isCalledAlike(kind: LineageKind): boolean {
  return kind === 'snapshot' || kind === 'source';
}
