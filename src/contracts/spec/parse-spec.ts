import { checkSpec } from '../../domain/spec/check-spec.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { upgradeSpec } from '../../domain/spec/upgrade-spec.ts';
import { asJson, misshapen, refuseProblems } from './definition-json.ts';
import { modelSpecSchema } from './model-spec.ts';

/**
 * Reads a model's definition (an object or what JSON.parse gave, in any version of the form) as a ModelSpec. Throws
 * `invalid_spec` with one sentence that names each wrong path and what it must be. Members that are undefined count as
 * left out.
 */
export function parseSpec(json: unknown): ModelSpec {
  const result = modelSpecSchema.safeParse(upgradeSpec(asJson(json, 'model')));
  if (!result.success) throw misshapen(result.error, 'model');
  refuseProblems(checkSpec(result.data), 'model');
  return result.data;
}
