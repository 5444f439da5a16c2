import path from 'node:path';
import { z } from 'zod';
import { listOf } from './setting-readers.ts';

/** A folder, a file or a bucket that definitions may name as their source, and for which models. */
export interface SourceRoot {
  /** Glob over model names: `*`, `payments.*`, `fraud`. */
  readonly scope: string;
  /** Absolute, or `s3://bucket/prefix`. */
  readonly path: string;
}

export function isBucket(path: string): boolean {
  return path.startsWith('s3://');
}

const entryPattern = /^(?:([a-z0-9.*-]{1,64})=)?(.+)$/;

/**
 * `payments.*=/data/payments,s3://lake/shared`: a scope and an absolute path or a bucket, or one of these alone for all
 * models. A comma in a path is written `%2C`.
 */
export const sourceRoots = z
  .string()
  .refine(
    (value) => listOf(value).every((entry) => isRoot(rootOf(entry).path)),
    'must be a comma-separated list of SCOPE=PATH with absolute paths or s3://bucket/prefix, such as ' +
      'payments.*=/data/payments',
  )
  .optional();

export function readSourceRoots(value: string | undefined): readonly SourceRoot[] {
  return listOf(value).map(rootOf);
}

/** The text that `readSourceRoots` reads, for the environment of a child. */
export function writeSourceRoots(roots: readonly SourceRoot[]): string {
  return roots.map((root) => `${root.scope}=${root.path.replaceAll('%2C', '%252C').replaceAll(',', '%2C')}`).join(',');
}

function isRoot(root: string): boolean {
  return path.isAbsolute(root) || isBucketRoot(root);
}

/** `s3://bucket` or `s3://bucket/prefix`. */
export function isBucketRoot(text: string): boolean {
  return /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[^\r\n]*)?$/.test(text);
}

function rootOf(entry: string): SourceRoot {
  const [, scope = '*', folder = ''] = entryPattern.exec(entry) ?? [];
  return { scope, path: folder.replaceAll('%2C', ',').replaceAll('%252C', '%2C') };
}
