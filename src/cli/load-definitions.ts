import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isPerennialError, PerennialError } from '../domain/errors.ts';
import { listNames } from '../domain/nearest-name.ts';

const extensions = ['.ts', '.mts', '.js', '.mjs', '.json'];

/**
 * The model definitions that a file exports (default or named), or that a JSON file holds. A bare name means
 * `models/<name>.ts`. Running the file is running its author's code, with the author's rights. Throws `invalid_spec`.
 */
export async function loadDefinitions(given: string, rootDir: string): Promise<readonly unknown[]> {
  const file = await findFile(given, rootDir);
  const values = file.endsWith('.json') ? [await readJson(file)] : Object.values(await importFile(file, given));
  const definitions = values.filter(isDefinition);
  if (definitions.length > 0) return [...new Set(definitions)];
  throw new PerennialError('invalid_spec', `${given} exports no model definition.`, {
    path: given,
    hint: 'Export what `defineModel` returns: `export const fraud = defineModel("fraud", { … });`.',
  });
}

async function findFile(given: string, rootDir: string): Promise<string> {
  const modelsDir = path.join(rootDir, 'models');
  const candidates = [path.resolve(given), path.resolve(rootDir, given), path.join(modelsDir, `${given}.ts`)];
  for (const candidate of candidates) {
    const found = await stat(candidate).catch(() => null);
    if (found?.isFile() === true) return checkedExtension(candidate, given);
  }
  const known = (await readdir(modelsDir).catch(() => [])).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const hint = known.length === 0 ? 'Name a file that exports a model definition.' : `Definitions here: ${listNames(known.map((name) => `models/${name}`))}.`;
  throw new PerennialError('invalid_spec', `There is no file ${given}.`, { path: given, hint });
}

function checkedExtension(file: string, given: string): string {
  if (extensions.includes(path.extname(file))) return file;
  throw new PerennialError('invalid_spec', `${given} is not a definition file; it must end in ${extensions.join(', ')}.`, { path: given });
}

async function importFile(file: string, given: string): Promise<Record<string, unknown>> {
  try {
    const loaded: Record<string, unknown> = await import(pathToFileURL(file).href);
    return loaded;
  } catch (cause) {
    if (isPerennialError(cause)) throw cause;
    const [line = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw new PerennialError('invalid_spec', `${given} cannot be loaded: ${line.slice(0, 300)}.`, { path: given, cause });
  }
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new PerennialError('invalid_spec', `${file} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}.`, { path: file, cause });
  }
}

function isDefinition(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'formatVersion' in value && 'name' in value && 'features' in value;
}
