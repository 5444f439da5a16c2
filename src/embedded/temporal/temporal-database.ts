import { copyFile, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PerennialError } from '../../domain/words/errors.ts';
import { nullWhereAbsent } from '../process/null-where-absent.ts';
import { isAbsent } from '../../domain/words/is-absent.ts';

/**
 * Makes the folder of the server's database file and returns the file. The development server never migrates an
 * existing file, so the version that wrote it stands beside it: another patch release gets a copy made first, any
 * other version is refused before it can damage the file.
 */
export async function prepareTemporalDatabase(folder: string, serverVersion: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, 'temporal.db');
  const versionFile = path.join(folder, 'server-version');
  const found = ((await readFile(versionFile, 'utf8').catch(nullWhereAbsent)) ?? '').trim();
  const exists = (await stat(file).catch(nullWhereAbsent)) !== null;
  if (exists && found !== '' && found !== serverVersion) {
    if (minor(found) !== minor(serverVersion)) {
      throw new PerennialError(
        'configuration',
        `${file} was written by Temporal server ${found}, but this CLI holds ${serverVersion}.`,
        {
          path: file,
          hint:
            `Set TEMPORAL_CLI to a CLI with server ${found}, or move ${folder} away: models are kept, and runs ` +
            `in flight are marked lost.`,
        },
      );
    }
    await copyDatabase(file, path.join(folder, `before-${serverVersion}`));
  }
  if (found !== serverVersion) {
    await writeFile(`${versionFile}.new`, `${serverVersion}\n`);
    await rename(`${versionFile}.new`, versionFile);
  }
  return file;
}

/** No server runs on the file here: with its write-ahead log it is whole. */
async function copyDatabase(file: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const suffix of ['', '-wal', '-shm']) {
    await copyFile(`${file}${suffix}`, path.join(folder, `temporal.db${suffix}`)).catch(
      (error: NodeJS.ErrnoException) => {
        if (!isAbsent(error)) throw error;
      },
    );
  }
}

const minor = (version: string) => version.split('.').slice(0, 2).join('.');
