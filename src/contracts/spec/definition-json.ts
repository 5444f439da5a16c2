import type { z } from 'zod';
import type { SpecProblem } from '../../domain/spec/spec-bounds.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { describeIssues } from './describe-issues.ts';

/** What a definition is of, as a sentence about it says. */
type What = 'model' | 'view' | 'contract';

/** Larger documents are refused before they are read: 2,000 features with 2,000 categories stay well below. */
const specBytesMax = 16 * 1024 * 1024;

/** Problems told at once; the rest is counted. */
const problemsMax = 3;

/** A definition whose shape is wrong, as one sentence that names each wrong path and what it must be. */
export function misshapen(error: z.ZodError, what: What): PerennialError {
  const { text, first } = describeIssues(error);
  return new PerennialError('invalid_spec', `The ${what} definition is not valid: ${text}`, { path: first });
}

/** Throws `invalid_spec` with path and fix of the first problems, unless there are none. */
export function refuseProblems(problems: readonly SpecProblem[], what: What): void {
  const [worst] = problems;
  if (worst === undefined) return;
  const shown = problems.slice(0, problemsMax).map(({ path, message, fix }) => `${path}: ${message}. ${fix}`);
  const more = problems.length > problemsMax ? ` (and ${problems.length - problemsMax} more)` : '';
  throw new PerennialError('invalid_spec', `The ${what} definition is not valid: ${shown.join(' ')}${more}`, {
    path: worst.path,
  });
}

/** What a definition is once it has travelled: functions, undefined members and class instances do not. */
export function asJson(value: unknown, what: What): unknown {
  let text: string | undefined;
  try {
    text = JSON.stringify(value, (key, member: unknown) => refuseUnsayable(key, member, what));
  } catch (error) {
    if (error instanceof PerennialError) throw error;
    throw new PerennialError(
      'invalid_spec',
      `The ${what} definition has no JSON form (a cycle or a bigint); use plain values only.`,
      { cause: error },
    );
  }
  if (text === undefined)
    throw new PerennialError('invalid_spec', `The ${what} definition is ${typeof value}; it must be an object.`);
  if (text.length > specBytesMax)
    throw new PerennialError(
      'invalid_spec',
      `The ${what} definition is larger than ${specBytesMax} bytes as JSON; shorten its category lists.`,
    );
  const definition: unknown = JSON.parse(text);
  refuseBrokenTexts(definition, '', what);
  return definition;
}

/**
 * NUL ends a text in SQL, and half of a pair of UTF-16 is no character: neither the database nor a file can hold them,
 * so a definition that has one would fail when it is stored, or at each batch.
 */
function refuseBrokenTexts(value: unknown, path: string, what: What): void {
  if (typeof value === 'string') {
    if (!value.includes('\u0000') && !/\p{Surrogate}/u.test(value)) return;
    throw new PerennialError(
      'invalid_spec',
      `The ${what} definition is not valid: ${path} has a NUL character, or half of a character; leave it out.`,
      { path },
    );
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value))
    refuseBrokenTexts(inner, Array.isArray(value) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`, what);
}

/** JSON writes NaN and Infinity as null, which would then be reported as something that the author never wrote. */
function refuseUnsayable(key: string, value: unknown, what: What): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new PerennialError(
      'invalid_spec',
      `The ${what} definition is not valid: member "${key}" is ${value}; write a finite number.`,
      { path: key },
    );
  }
  if (typeof value === 'function') {
    throw new PerennialError(
      'invalid_spec',
      `The ${what} definition is not valid: member "${key}" is a function; a definition is plain data.`,
      { path: key },
    );
  }
  return value;
}
