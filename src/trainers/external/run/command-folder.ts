import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { isAbsent } from '../../../domain/words/is-absent.ts';
import { PerennialError } from '../../../domain/words/errors.ts';

/**
 * The folder that a definition names, below the one that programs may be run from. Throws `configuration` where there
 * is no such root, and `invalid_data` for a folder that is not there or that a link leads out of the root.
 */
export async function commandFolder(root: string | null, folder: string): Promise<string> {
  if (root === null)
    throw new PerennialError('configuration', 'This worker runs no programs of definitions.', {
      path: 'PERENNIAL_TRAINERS_DIR',
      hint: 'Set PERENNIAL_TRAINERS_DIR to the folder that holds their code, and start the worker again.',
    });
  const base = await placeOf(root, 'The folder that PERENNIAL_TRAINERS_DIR names');
  const found = await placeOf(path.resolve(base, folder), `The folder ${JSON.stringify(folder)} of the trainer`);
  if (found === base || found.startsWith(`${base}${path.sep}`)) return found;
  throw refused(`The folder ${JSON.stringify(folder)} of the trainer leads out of PERENNIAL_TRAINERS_DIR`);
}

async function placeOf(place: string, what: string): Promise<string> {
  try {
    const found = await realpath(place);
    if ((await stat(found)).isDirectory()) return found;
  } catch (error) {
    throw isAbsent(error) ? refused(`${what} is not there`) : refused(`${what} cannot be read`);
  }
  throw refused(`${what} is no folder`);
}

function refused(what: string): PerennialError {
  return new PerennialError('invalid_data', `${what}.`, {
    path: 'trainer.folder',
    hint: 'Name a folder below PERENNIAL_TRAINERS_DIR of the worker.',
  });
}
