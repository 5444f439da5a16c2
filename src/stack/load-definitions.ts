import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ownServerDir } from '../entry-point.ts';
import { isPerennialError, PerennialError } from '../domain/words/errors.ts';
import { listNames } from '../domain/words/nearest-name.ts';
import { cut } from '../domain/words/cut.ts';

const extensions = ['.ts', '.mts', '.js', '.mjs', '.json'];

/** What a file defines: models and feature views, each as it was written. */
export interface LoadedDefinitions {
  readonly models: readonly unknown[];
  readonly views: readonly unknown[];
}

/**
 * The definitions that a file exports (default or named), or that a JSON file holds; one per model and view. A bare
 * name means `models/<name>.ts`. When several exports define the same model, the default one counts, or the one that is
 * called like the model, or the one named by `chosen`. Running the file is running its author's code, with the
 * author's rights. Throws `invalid_spec`.
 */
export async function loadDefinitions(
  given: string,
  rootDir: string,
  chosen: string | null,
): Promise<LoadedDefinitions> {
  const file = await findFile(given, rootDir);
  const exported = file.endsWith('.json') ? { default: await readJson(file) } : await importFile(file, given);
  const definitions = Object.entries(exported).flatMap(([name, value]) =>
    isDefinition(value) ? [{ name, value }] : [],
  );
  if (chosen !== null) return parted([namedExport(definitions, chosen, given).value]);
  if (definitions.length === 0) {
    throw new PerennialError('invalid_spec', `${given} exports no definition of a model or a view.`, {
      path: given,
      hint: 'Export what `defineModel` returns: `export const fraud = defineModel("fraud", { … });`.',
    });
  }
  const models = [...new Set(definitions.map(({ value }) => value.name))];
  return parted(
    models.map(
      (model) =>
        oneOf(
          definitions.filter(({ value }) => value.name === model),
          String(model),
          given,
        ).value,
    ),
  );
}

function parted(definitions: readonly Definition[]): LoadedDefinitions {
  return {
    models: definitions.filter((value) => !isView(value)),
    views: definitions.filter(isView),
  };
}

/** By members of a view that no model has: what has neither is told what a model needs. */
function isView(value: Definition): boolean {
  return !('target' in value) && ('owner' in value || 'availableTime' in value);
}

interface Export {
  readonly name: string;
  readonly value: Definition;
}

interface Definition {
  readonly formatVersion: unknown;
  readonly name: unknown;
  readonly features: unknown;
}

/**
 * Storing two definitions of one model one after the other would leave whichever came last: the choice must be said.
 */
function oneOf(candidates: readonly Export[], model: string, given: string): Export {
  const byDefault = candidates.find(({ name }) => name === 'default');
  const calledSo = candidates.find(({ name }) => name.toLowerCase() === model.replaceAll(/[^a-z0-9]/g, ''));
  const first = byDefault ?? calledSo ?? (candidates.length === 1 ? candidates[0] : undefined);
  if (first !== undefined) return first;
  throw new PerennialError(
    'invalid_spec',
    `${given} exports several definitions of "${model}": ${listNames(candidates.map(({ name }) => name))}.`,
    {
      path: given,
      hint: 'Choose one with --export NAME.',
    },
  );
}

function namedExport(definitions: readonly Export[], chosen: string, given: string): Export {
  const found = definitions.find(({ name }) => name === chosen);
  if (found !== undefined) return found;
  const known =
    definitions.length === 0 ? 'it exports none' : `it exports ${listNames(definitions.map(({ name }) => name))}`;
  throw new PerennialError('invalid_spec', `${given} exports no definition called ${chosen}; ${known}.`, {
    path: '--export',
  });
}

async function findFile(given: string, rootDir: string): Promise<string> {
  const modelsDir = path.join(rootDir, 'models');
  const candidates = [path.resolve(given), path.resolve(rootDir, given), path.join(modelsDir, `${given}.ts`)];
  for (const candidate of candidates) {
    const found = await stat(candidate).catch(() => null);
    if (found?.isFile() === true) return checkedExtension(candidate, given);
  }
  const known = (await readdir(modelsDir).catch(() => [])).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  const hint =
    known.length === 0
      ? 'Name a file that exports a model definition.'
      : `Definitions here: ${listNames(known.map((name) => `models/${name}`))}.`;
  throw new PerennialError('invalid_spec', `There is no file ${given}.`, { path: given, hint });
}

function checkedExtension(file: string, given: string): string {
  if (extensions.includes(path.extname(file))) return file;
  throw new PerennialError(
    'invalid_spec',
    `${given} is not a definition file; it must end in ${extensions.join(', ')}.`,
    {
      path: given,
      hint: 'Name the file that exports the model or the view; `perennial contract infer FILE` looks at a table.',
    },
  );
}

async function importFile(file: string, given: string): Promise<Record<string, unknown>> {
  try {
    // From a bundle, this process has no loader yet: a definition is the one thing that it reads as TypeScript.
    if (ownServerDir() !== null) (await import('tsx/esm/api')).register();
    const loaded: Record<string, unknown> = await import(pathToFileURL(file).href);
    return loaded;
  } catch (cause) {
    const said = saidByTheSdk(cause);
    if (said !== null) throw said;
    if (isOfCommonJs(cause))
      throw new PerennialError('invalid_spec', `${given} is taken for CommonJS, which cannot load what it imports.`, {
        path: given,
        hint: `Let its name end in .mts, or write {"type":"module"} into a package.json beside it.`,
        cause,
      });
    const [line = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw new PerennialError('invalid_spec', `${given} cannot be loaded: ${cut(line, 300)}.`, {
      path: given,
      cause,
    });
  }
}

/**
 * What `defineModel` refuses comes with its fix. A definition imports the SDK by itself, so the class of its errors is
 * another copy than that of a bundle.
 */
function saidByTheSdk(cause: unknown): PerennialError | null {
  if (isPerennialError(cause)) return cause;
  if (!(cause instanceof Error) || cause.name !== 'PerennialError' || !('hint' in cause)) return null;
  const place = 'path' in cause ? { path: String(cause.path) } : {};
  return new PerennialError('invalid_spec', cause.message, { ...place, hint: String(cause.hint), cause });
}

/** Outside of a package of modules, a file is CommonJS unless its name says otherwise. */
function isOfCommonJs(cause: unknown): boolean {
  return (
    cause instanceof Error &&
    'code' in cause &&
    /^ERR_REQUIRE_(?:CYCLE_|ASYNC_)?(?:MODULE|ESM)$/.test(String(cause.code))
  );
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    // The parser's own sentence quotes what it read.
    throw new PerennialError('invalid_spec', `${file} is not JSON.`, {
      path: file,
      hint: 'Write it again with `JSON.stringify`, or check it with `jq . FILE`.',
    });
  }
}

function isDefinition(value: unknown): value is Definition {
  return (
    typeof value === 'object' && value !== null && 'formatVersion' in value && 'name' in value && 'features' in value
  );
}
