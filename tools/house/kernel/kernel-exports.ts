import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { rootDir } from '../../../src/config.ts';

/** A function that a file of src/statistics exports. */
export interface KernelExport {
  readonly name: string;
  readonly file: string;
  /** Its docstring; empty where it has none. */
  readonly docstring: string;
  /** Files of ours that import it, those of other rooms first; its own where nothing else does. */
  readonly usedBy: readonly string[];
}

export function kernelExports(): readonly KernelExport[] {
  const files = ['src', 'activities', 'workflows']
    .flatMap((folder) =>
      readdirSync(path.join(rootDir, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
    )
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .toSorted();
  const texts = new Map(files.map((file) => [file, readFileSync(path.join(rootDir, file), 'utf8')]));
  const imports = files.flatMap((file) => importsOf(file, texts.get(file) ?? ''));
  return files
    .filter((file) => file.startsWith('src/statistics/'))
    .flatMap((file) =>
      functionsOf(texts.get(file) ?? '').map(({ name, docstring }) => {
        const users = imports.filter((one) => one.of === file && one.names.includes(name)).map(({ by }) => by);
        const isOwn = (user: string) => user.startsWith('src/statistics/');
        const within = [...(texts.get(file) ?? '').matchAll(new RegExp(`\\b${name}\\(`, 'g'))].length > 1 ? [file] : [];
        const usedBy = [...users.filter((user) => !isOwn(user)), ...users.filter(isOwn)];
        return { name, file, docstring, usedBy: usedBy.length > 0 ? usedBy : within };
      }),
    );
}

function functionsOf(text: string): readonly Pick<KernelExport, 'name' | 'docstring'>[] {
  return [...text.matchAll(/(?:(\/\*\*(?:(?!\*\/)[^])*\*\/)\n)?export function (\w+)/g)].map(
    ([, docstring = '', name = '']) => ({ name, docstring: docstring.replaceAll(/\s*\n \* ?/g, ' ') }),
  );
}

function importsOf(by: string, text: string) {
  return [...text.matchAll(/import \{([^}]*)\} from '(\.[^']+)'/g)].map(([, names = '', from = '']) => ({
    by,
    of: path.posix.join(path.posix.dirname(by), from),
    names: names.split(',').map((name) => name.trim().replace(/ as .*/, '')),
  }));
}
