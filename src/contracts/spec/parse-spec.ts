import { checkSpec } from '../../domain/spec/check-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { upgradeSpec } from '../../domain/spec/upgrade-spec.ts';
import { describeIssues } from './describe-issues.ts';
import { modelSpecSchema } from './model-spec.ts';

/** Larger documents are refused before they are read: 2,000 features with 2,000 categories stay well below. */
const specBytesMax = 16 * 1024 * 1024;

/** Problems told at once; the rest is counted. */
const problemsMax = 3;

/**
 * Reads a model's definition (an object or what JSON.parse gave, in any version of the form) as a ModelSpec. Throws
 * `invalid_spec` with one sentence that names each wrong path and what it must be. Members that are undefined count as
 * left out.
 */
export function parseSpec(json: unknown): ModelSpec {
  const result = modelSpecSchema.safeParse(upgradeSpec(asJson(json)));
  if (!result.success) {
    const { text, first } = describeIssues(result.error);
    throw new PerennialError('invalid_spec', `The model definition is not valid: ${text}`, { path: first });
  }
  const problems = checkSpec(result.data);
  const [worst] = problems;
  if (worst !== undefined) {
    const shown = problems.slice(0, problemsMax).map(({ path, message, fix }) => `${path}: ${message}. ${fix}`);
    const more = problems.length > problemsMax ? ` (and ${problems.length - problemsMax} more)` : '';
    throw new PerennialError('invalid_spec', `The model definition is not valid: ${shown.join(' ')}${more}`, {
      path: worst.path,
    });
  }
  return result.data;
}

/** What a definition is once it has travelled: functions, undefined members and class instances do not. */
function asJson(value: unknown): unknown {
  let text: string | undefined;
  try {
    text = JSON.stringify(value, refuseUnsayable);
  } catch (error) {
    if (error instanceof PerennialError) throw error;
    throw new PerennialError(
      'invalid_spec',
      'The model definition has no JSON form (a cycle or a bigint); use plain values only.',
      { cause: error },
    );
  }
  if (text === undefined)
    throw new PerennialError('invalid_spec', `The model definition is ${typeof value}; it must be an object.`);
  if (text.length > specBytesMax)
    throw new PerennialError(
      'invalid_spec',
      `The model definition is larger than ${specBytesMax} bytes as JSON; shorten its category lists.`,
    );
  return JSON.parse(text);
}

/** JSON writes NaN and Infinity as null, which would then be reported as something that the author never wrote. */
function refuseUnsayable(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new PerennialError(
      'invalid_spec',
      `The model definition is not valid: member "${key}" is ${value}; write a finite number.`,
      { path: key },
    );
  }
  if (typeof value === 'function') {
    throw new PerennialError(
      'invalid_spec',
      `The model definition is not valid: member "${key}" is a function; a definition is plain data.`,
      { path: key },
    );
  }
  return value;
}
