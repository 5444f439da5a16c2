import { open } from 'node:fs/promises';
import path from 'node:path';
import { PerennialError } from '../domain/words/errors.ts';
import { isAbsent } from '../domain/words/is-absent.ts';
import { secretNamePattern, secretNameRule, secretVariableOf } from '../domain/words/secret-name.ts';
import type { Environment } from './derive-config.ts';

/** More than any URL, key or certificate. */
const bytesMax = 65_536;
/** Read or written by everybody, or written by the group. */
const tooOpen = 0o027;

/**
 * The secret of this name: a variable of the environment, else a file of the folder. Throws `invalid_data` with both
 * places when there is none, and for a file that others may read. Nothing of a secret stands in a message.
 */
export async function readSecret(name: string, env: Environment, folder: string | undefined): Promise<string> {
  if (!secretNamePattern.test(name)) throw refused(name, `has no name of a secret: it ${secretNameRule}`);
  const given = env[secretVariableOf(name)];
  if (given !== undefined && given !== '') return checked(name, given);
  const text = folder === undefined ? null : await textOf(name, path.join(folder, name));
  if (text === null)
    throw refused(
      name,
      'is not there',
      `Set ${secretVariableOf(name)}, or put it into the file ${name} of the folder PERENNIAL_SECRETS_DIR, for the ` +
        'worker.',
    );
  return checked(name, text);
}

async function textOf(name: string, file: string): Promise<string | null> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if (isAbsent(error)) return null;
    throw refused(name, 'cannot be read', 'Let the user of the worker read its file.');
  });
  if (handle === null) return null;
  try {
    const { mode, size } = await handle.stat().then((found) => {
      if (!found.isFile()) throw refused(name, 'is no regular file', 'Put it into a file of its own.');
      return found;
    });
    if ((mode & tooOpen) !== 0)
      throw refused(name, 'may be read by everybody or written by others', 'Give its file the mode 0600 or 0640.');
    if (size > bytesMax) throw refused(name, `is larger than ${bytesMax} bytes`);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytesMax + 1), 0, bytesMax + 1, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** An editor ends a file with a line end, which belongs to no secret. */
function checked(name: string, text: string): string {
  const secret = text.replace(/\r?\n$/, '');
  if (Buffer.byteLength(secret) > bytesMax) throw refused(name, `is larger than ${bytesMax} bytes`);
  if (secret === '' || secret.includes('\u0000')) throw refused(name, 'is empty, or no text');
  return secret;
}

/** The cause is left out: what failed may quote what it read. */
function refused(name: string, reason: string, hint = 'Correct it and start the worker again.'): PerennialError {
  return new PerennialError('invalid_data', `The secret "${name}" ${reason}.`, { path: 'source.secret', hint });
}
