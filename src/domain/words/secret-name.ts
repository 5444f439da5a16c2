/**
 * How a definition calls a secret. Lower case without underscores, so that each name is one variable of the environment
 * and one file.
 */
export const secretNamePattern = /^[a-z][a-z0-9-]{0,62}$/;
export const secretNameRule = 'must be 1 to 63 lower-case letters, digits or dashes, a letter first';

/** `warehouse-url` stands in `PERENNIAL_SECRET_WAREHOUSE_URL`. */
export function secretVariableOf(name: string): string {
  return `PERENNIAL_SECRET_${name.toUpperCase().replaceAll('-', '_')}`;
}

export function isSecretVariable(variable: string): boolean {
  return variable.startsWith('PERENNIAL_SECRET_');
}

/** `hf-token` reaches a program that a definition names as the variable `HF_TOKEN`. */
export function programVariableOf(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

/** By these a program is found, started or loaded with code of others; no secret may take their place. */
const reservedVariables =
  /^(?:PATH|HOME|SHELL|IFS|ENV|BASH_ENV|(?:LD|DYLD|NODE|PERENNIAL)_.*|PYTHON[A-Z]*|PERL5.*|RUBYLIB|RUBYOPT)$/;

/** Whether a program may be given the secret of this name as a variable. */
export function isEnvironmentOfSecret(name: string): boolean {
  return !reservedVariables.test(programVariableOf(name));
}
