import { hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PerennialError } from '../domain/words/errors.ts';

/** 256 random bits that are kept outside of Postgres; every use has a key of its own, derived under a label. */
export interface InstallationKey {
  /** 32 bytes; other labels give keys that tell nothing of this one. */
  derive(label: string): Buffer;
}

const keyPattern = /^[0-9a-f]{64}$/i;

/**
 * Reads the file when the process starts; what stands in it is in no message. Throws `configuration` where it is
 * missing, cannot be read, or is no key.
 */
export function readInstallationKey(file: string): InstallationKey {
  const key = parseInstallationKey(textOf(file));
  if (key === null)
    throw new PerennialError('configuration', `${file} holds no installation key.`, {
      path: 'PERENNIAL_INSTALLATION_KEY_FILE',
      hint: 'A key is one line of 64 hex digits; restore the file, or name the right one.',
    });
  return key;
}

/** Null for what is no key. */
export function parseInstallationKey(text: string): InstallationKey | null {
  if (!keyPattern.test(text.trim())) return null;
  const secret = Buffer.from(text.trim(), 'hex');
  return { derive: (label) => Buffer.from(hkdfSync('sha256', secret, '', `perennial/${label}`, 32)) };
}

/** Makes a key in a file that only its owner can read. False, and nothing is touched, where the file is there. */
export async function makeInstallationKey(file: string): Promise<boolean> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${randomUUID()}`;
  await writeFile(fresh, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    // Unlike a rename, a link replaces nothing: a key that is there is never lost, whoever else makes one.
    await link(fresh, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw unwritable(file, error);
  } finally {
    await rm(fresh, { force: true });
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = codeOf(error);
    throw new PerennialError(
      'configuration',
      code === 'ENOENT'
        ? `There is no installation key: ${file} is missing.`
        : `The installation key in ${file} cannot be read (${code}).`,
      {
        path: 'PERENNIAL_INSTALLATION_KEY_FILE',
        hint:
          'Make one with `perennial key make`, keep a copy apart from the back-ups, and give control and inference ' +
          'the same file by PERENNIAL_INSTALLATION_KEY_FILE.',
        cause: error,
      },
    );
  }
}

function unwritable(file: string, cause: unknown): PerennialError {
  return new PerennialError('configuration', `The installation key cannot be written to ${file} (${codeOf(cause)}).`, {
    path: 'PERENNIAL_INSTALLATION_KEY_FILE',
    hint: 'Name a file in a folder that this user may write to.',
    cause,
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no reason given';
}
