import type { SourceRoot } from '../settings/source-roots.ts';
import { isInScope } from './scope.ts';

/** The folders and files that this model's definition may name as its source, in the order of their declaration. */
export function rootsOf(model: string, roots: readonly SourceRoot[]): readonly string[] {
  return roots.filter(({ scope }) => isInScope(scope, model)).map((root) => root.path);
}
