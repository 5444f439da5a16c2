import { programVariableOf } from '../../../domain/words/secret-name.ts';
import type { Environment } from '../../../settings/derive-config.ts';

/** What a program needs to be found, to speak a language, and to see its hardware; all else stays with the worker. */
const passed = [
  /^(?:PATH|HOME|USER|LOGNAME|LANG|LC_[A-Z]+|TZ|LD_LIBRARY_PATH|VIRTUAL_ENV|CONDA_PREFIX|SSL_CERT_(?:FILE|DIR))$/,
  /^(?:CUDA|NVIDIA|ROCR|HIP|OMP|MKL)_[A-Z_]+$/,
];

/** The environment of a program: a few variables of the worker, and of its secrets those that the definition names. */
export function programEnvironment(
  env: Environment,
  secrets: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  const own = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && passed.some((names) => names.test(name)) ? [[name, value] as const] : [],
  );
  return Object.fromEntries([
    ...own,
    ...[...secrets].map(([name, value]) => [programVariableOf(name), value] as const),
  ]);
}
