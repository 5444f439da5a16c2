// Bundles our processes, with source maps, so that they start without a loader: a file each, and beside them chunks
// that they share or that only some commands need.
//   node tools/build-server.mjs [--workflows]
// Writes dist/server/. With --workflows, as for a package or an image, the code of the workflows is bundled too.
// npm packages stay outside: native ones must, and the others are found in node_modules as they were installed.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const rootDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const serverDir = path.join(rootDir, 'dist', 'server');
const entries = [
  'main-cli',
  'main-command',
  'main-control',
  'main-import',
  'main-inference',
  'main-model',
  'main-sample',
  'main-train',
  'main-worker',
];

/** In front of every bundle: where it lies, and what CommonJS packages expect to find. */
const banner = [
  "import { createRequire as perennialRequire } from 'node:module';",
  'const require = perennialRequire(import.meta.url);',
  "const perennialRoot = new URL('../../', import.meta.url);",
  "globalThis.perennialServerDir = new URL('.', import.meta.url).href;",
].join(' ');

/** Files of ours find others beside themselves; in a bundle they go on doing so from where their source lies. */
const keepPlaces = {
  name: 'keep-places',
  setup(builder) {
    builder.onLoad({ filter: /\.(ts|tsx|mjs)$/ }, ({ path: file }) => {
      if (file.includes(`${path.sep}node_modules${path.sep}`)) return undefined;
      const source = readFileSync(file, 'utf8');
      if (!source.includes('import.meta.')) return undefined;
      const place = JSON.stringify(path.relative(rootDir, file).split(path.sep).join('/'));
      const contents = source
        .replaceAll('import.meta.url', `new URL(${place}, perennialRoot).href`)
        .replaceAll(
          'import.meta.dirname',
          `process.getBuiltinModule('node:url').fileURLToPath(new URL('.', new URL(${place}, perennialRoot)))`,
        );
      return { contents, loader: file.endsWith('.tsx') ? 'tsx' : file.endsWith('.ts') ? 'ts' : 'js' };
    });
  },
};

/** A chunk of an earlier build stays as long as a process that was started from it may still ask for it. */
const chunkLifeMs = 7 * 24 * 3_600_000;

/**
 * The folder of bundles that fit the sources of this checkout, built first where they do not (half a second). Null
 * where nothing can be built: processes then start through the loader.
 */
export async function ensureServer() {
  if (isFresh()) return serverDir;
  return buildServer().catch(() => null);
}

/** True when every file that went into the bundles is as it was; a new file comes in by an import in one of them. */
function isFresh() {
  try {
    const known = Object.entries(JSON.parse(readFileSync(path.join(serverDir, 'inputs.json'), 'utf8')));
    return known.every(([name, digest]) => digestOf(name) === digest);
  } catch {
    return false;
  }
}

/**
 * Builds in memory, then puts each file in place by a rename: whoever starts meanwhile reads a whole file. Returns the
 * folder.
 */
export async function buildServer() {
  const { build, stop } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    absWorkingDir: rootDir,
    entryPoints: entries.map((name) => `src/${name}.ts`),
    outdir: 'dist/server',
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    write: false,
    plugins: [keepPlaces],
    banner: { js: banner },
    logLevel: 'silent',
  });
  // Its service would otherwise stay as long as the process that asked for the bundles.
  await stop();
  mkdirSync(serverDir, { recursive: true });
  for (const { path: file, contents } of outputFiles) put(file, contents);
  removeOld(new Set(outputFiles.map(({ path: file }) => path.basename(file))));
  const inputs = Object.keys(metafile.inputs).filter((name) => !name.includes('node_modules/'));
  const known = Object.fromEntries(inputs.map((name) => [name, digestOf(name)]));
  put(path.join(serverDir, 'inputs.json'), `${JSON.stringify(known)}\n`);
  return serverDir;
}

function removeOld(current) {
  for (const name of readdirSync(serverDir)) {
    const file = path.join(serverDir, name);
    if (current.has(name) || name === 'inputs.json') continue;
    if (statSync(file).mtimeMs < Date.now() - chunkLifeMs) rmSync(file, { force: true });
  }
}

function put(file, contents) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, file);
}

function digestOf(name) {
  const file = path.join(rootDir, name);
  return statSync(file).isFile() ? createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16) : '';
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${await buildServer()}\n`);
  if (process.argv.includes('--workflows')) {
    // Loaded only now: it needs a loader for TypeScript, which the bundles of the processes do not.
    const { buildWorkflows } = await import('./build-workflows.mjs');
    process.stdout.write(`${await buildWorkflows(serverDir)}\n`);
  }
}
