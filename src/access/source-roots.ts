import { isBucket, type SourceRoot } from '../settings/source-roots.ts';
import { isInScope } from './scope.ts';

/** What a model's definition may name as its source. */
export interface ReachableRoots {
  /** Folders and files, in the order of their declaration. */
  readonly roots: readonly string[];
  /** `s3://bucket/prefix/`. */
  readonly buckets: readonly string[];
}

export function rootsOf(model: string, declared: readonly SourceRoot[]): ReachableRoots {
  const paths = declared.filter(({ scope }) => isInScope(scope, model)).map((root) => root.path);
  return { roots: paths.filter((path) => !isBucket(path)), buckets: paths.filter(isBucket) };
}
