import { z } from 'zod';
import { secretNamePattern } from '../domain/words/secret-name.ts';
import { listOf } from './setting-readers.ts';

/** Which models may name a secret. */
export interface SecretScope {
  /** Glob over model names: `*`, `payments.*`, `fraud`. */
  readonly scope: string;
  readonly name: string;
}

const entryPattern = /^([a-z0-9.*-]{1,64})=([^=]+)$/;

/** `payments.*=warehouse-url,fraud=bureau-url`. */
export const secretScopes = z
  .string()
  .refine(
    (value) => listOf(value).every((entry) => secretNamePattern.test(entryPattern.exec(entry)?.[2] ?? '')),
    'must be a comma-separated list of SCOPE=NAME, such as payments.*=warehouse-url',
  )
  .optional();

/** Null where nothing is declared: every model may name every secret then. */
export function readSecretScopes(value: string | undefined): readonly SecretScope[] | null {
  if (value === undefined) return null;
  return listOf(value).map((entry) => {
    const [, scope = '', name = ''] = entryPattern.exec(entry) ?? [];
    return { scope, name };
  });
}
