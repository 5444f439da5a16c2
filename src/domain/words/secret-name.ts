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
