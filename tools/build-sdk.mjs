// Builds the package that other projects install: definitions and client, JavaScript and types, no dependencies.
//   node tools/build-sdk.mjs [--pack FOLDER]
// Writes dist/perennial/, and with --pack the tarball of it into FOLDER; prints the path of what it made.
import { spawnSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  copyFileSync,
  mkdirSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const rootDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const limitMs = 120_000;

/** Compiles into a folder beside the wanted one and moves it there: who reads meanwhile never sees half a package. */
export function buildSdk() {
  const distDir = path.join(rootDir, 'dist');
  mkdirSync(distDir, { recursive: true });
  const draft = mkdtempSync(path.join(distDir, 'draft-'));
  try {
    run(process.execPath, [
      path.join(rootDir, 'node_modules/typescript/bin/tsc'),
      '-p',
      'tsconfig.build.json',
      '--outDir',
      draft,
    ]);
    nameOutputsInTypes(draft);
    bringPackagesAlong(draft);
    writeFileSync(path.join(draft, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
    copyFileSync(path.join(rootDir, 'docs/sdk.md'), path.join(draft, 'README.md'));
    const target = path.join(distDir, 'perennial');
    rmSync(target, { recursive: true, force: true });
    renameSync(draft, target);
    return target;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

/** The path of the tarball. */
export function packSdk(folder) {
  const packed = run('npm', [
    'pack',
    buildSdk(),
    '--json',
    '--ignore-scripts',
    '--loglevel=error',
    '--pack-destination',
    folder,
  ]);
  return path.join(folder, JSON.parse(packed)[0].filename);
}

function manifest() {
  const { name, version, description } = JSON.parse(readFileSync(path.join(rootDir, 'package.json'), 'utf8'));
  const entry = (file) => ({ types: `./sdk/${file}.d.ts`, default: `./sdk/${file}.js` });
  return {
    name,
    version,
    description: `${description} Definitions and the typed client.`,
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20' },
    exports: { '.': entry('index'), './client': entry('client'), './package.json': './package.json' },
    files: ['sdk', 'domain', 'statistics'],
  };
}

/** Declarations keep the specifiers of their sources; compilers before 5.7 do not look for `./a.ts` in `a.d.ts`. */
function nameOutputsInTypes(folder) {
  for (const file of readdirSync(folder, { recursive: true })) {
    if (!file.endsWith('.d.ts')) continue;
    const full = path.join(folder, file);
    writeFileSync(full, readFileSync(full, 'utf8').replaceAll(/(from '|import\(')(\.[^']+)\.ts'/g, "$1$2.js'"));
  }
}

/** A file that uses a package gets that package into it, with its licence: who installs ours installs nothing else. */
function bringPackagesAlong(folder) {
  for (const file of readdirSync(folder, { recursive: true })) {
    if (!file.endsWith('.js')) continue;
    const full = path.join(folder, file);
    const text = readFileSync(full, 'utf8');
    const names = [...text.matchAll(/ from '((?:@[^'/]+\/)?[^'./:][^'/:]*)'/g)].map((found) => found[1]);
    if (names.length === 0) continue;
    // What it imports of ours would come twice: a package is used by a file that imports nothing else.
    if (/ from '\.{1,2}\//.test(text))
      throw new Error(`${file} uses a package and files of ours: give the package a file`);
    const licences = names.map((name) => readFileSync(path.join(rootDir, 'node_modules', name, 'LICENSE'), 'utf8'));
    buildSync({
      absWorkingDir: rootDir,
      entryPoints: [full],
      outfile: full,
      allowOverwrite: true,
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      platform: 'neutral',
      banner: { js: licences.map((text) => `/*!\n${text.trim()}\n*/`).join('\n') },
      logLevel: 'silent',
    });
  }
}

function run(command, args) {
  const result = spawnSync(command, args, { cwd: rootDir, encoding: 'utf8', timeout: limitMs });
  if (result.status === 0) return result.stdout;
  throw new Error(
    `${command} ${args.join(' ')} failed: ${result.error?.message ?? `${result.stdout}${result.stderr}`.trim()}`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const at = process.argv.indexOf('--pack');
  process.stdout.write(`${at < 0 ? buildSdk() : packSdk(path.resolve(process.argv[at + 1] ?? '.'))}\n`);
}
