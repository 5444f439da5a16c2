// Records a whole installation of this release, as a crash leaves it, for the test that upgrades it later.
//   npm run installation:record -- NAME
// Writes tests/worlds/installations/NAME.tar.gz: a back-up of Postgres and the artifacts, the database of Temporal, a
// spool whose newest records have not reached Postgres, and the inference process of this release as one file. Run it
// once per release: a recording is a promise that what it holds can be upgraded, and is never made anew.
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';
import { rootDir } from '../src/config.ts';
import { createArtifactStore } from '../src/artifacts/artifact-store.ts';
import { takeBackup } from '../src/installation/backup.ts';
import { requestJson } from '../src/replay/http.ts';
import { productVersion } from '../src/product-version.ts';
import { startLoopWorld, tinyRollout, type LoopWorld } from '../tests/worlds/loop-world.ts';
import { processesOf } from '../tests/chaos/victims.ts';
import { tinyTable } from '../tests/worlds/tiny-table.ts';
import { until } from '../tests/worlds/wait.ts';

const [name] = process.argv.slice(2);
if (name === undefined || !/^[\w.-]+$/.test(name)) {
  process.stderr.write('error: name the recording, such as 0.1.0.\n');
  process.exit(2);
}
const archive = path.join(rootDir, 'tests', 'worlds', 'installations', `${name}.tar.gz`);
if (existsSync(archive)) {
  process.stderr.write(`error: ${path.relative(rootDir, archive)} is there: a recording is never made anew.\n`);
  process.exit(2);
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Rows that are answered while Postgres does not: they stay in the spool. */
const spooledRows = 12;

const folder = await mkdtemp(path.join(tmpdir(), 'perennial-recording-'));
try {
  const world = await startLoopWorld();
  const facts = await live(world);
  await freeze(world, facts);
  await mkdir(path.dirname(archive), { recursive: true });
  // The same bytes for the same content: no owner, no clock.
  execFileSync('tar', ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '-czf', archive, '-C', folder, '.']);
  say(`recorded ${path.relative(process.cwd(), archive)}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(0);

/** Facts that must be read unchanged after any upgrade. */
interface Facts {
  readonly [model: string]: { readonly champion: number | null; readonly history: unknown };
}

/** One model with a past, one with a rollout under way, one whose rollout waits for a person, one that failed. */
async function live(world: LoopWorld): Promise<Facts> {
  say('a model with a past');
  await world.champion('steady');
  await world.challenge('steady');
  await world.playOut('steady');
  await world.command('steady', 'rollback', { reason: 'the first one is cheaper to run' });
  await until('it went back', async () => (await world.settled('steady')).championVersion === 1);
  await world.play('steady', 1, { labels: false });
  say('a model whose rollout is under way');
  await world.champion('open');
  await world.challenge('open');
  await world.play('open', 1);
  say('a model whose rollout waits for a person');
  const isHeld = (version: number) =>
    until(`v${version} is held`, async () => (await world.status('held')).rollout?.status === 'held');
  await world.apply(await world.define('held', { rollout: { ...tinyRollout, automaticPercentMax: 50 } }));
  await isHeld(1);
  await world.command('held', 'approve', { reason: 'looks well' });
  await until('v1 answers', async () => (await world.settled('held')).championVersion === 1);
  await world.challenge('held');
  await world.play('held', 2);
  await isHeld(2);
  say('a model that failed');
  const broken = await world.define('broken');
  await rm(world.historyFile('broken'));
  await world.apply(broken);
  await until('the alert', async () => (await world.status('broken')).openAlerts.length > 0);
  const models = ['steady', 'open', 'held', 'broken'];
  return Object.fromEntries(
    await Promise.all(
      models.map(async (model) => {
        const status = await world.status(model);
        return [model, { champion: status.champion?.version ?? null, history: await world.history(model) }] as const;
      }),
    ),
  );
}

/** Stops the worker, takes the back-up, stops Postgres, lets traffic go on, stops all, and copies what is on disk. */
async function freeze({ stack }: LoopWorld, facts: Facts): Promise<void> {
  const { stateDir, artifactDir, spoolDir, installationKeyFile } = stack.config;
  const stop = (which: RegExp): void => {
    for (const { name: kind, pid } of processesOf(process.pid)) if (which.test(kind)) process.kill(pid, 'SIGSTOP');
  };
  say('stopping it in the middle');
  stop(/worker|training/);
  await takeBackup({
    databaseUrl: stack.database.url,
    store: createArtifactStore(artifactDir),
    root: path.join(folder, 'backup'),
  });
  stop(/postgres/);
  say('  Postgres is away');
  const rows = tinyTable({ seed: 'spooled', rows: spooledRows });
  const predictionIds = rows.map((_, i) => `steady-spooled-${i}`);
  const inference = { url: stack.inferenceUrl, token: stack.tokens.predictor };
  await requestJson(inference, 'POST', '/v1/models/steady/predict', {
    rows: rows.map(({ cells }) => cells),
    predictionIds,
  });
  const labels = rows.map((row, i) => ({ labelId: `spooled-${i}`, predictionId: predictionIds[i], label: row.label }));
  await requestJson(inference, 'POST', '/v1/labels', { model: 'steady', labels });
  stop(/inference|control|temporal/);
  say('  everything stands still');
  await cp(path.join(stateDir, 'temporal'), path.join(folder, 'temporal'), { recursive: true });
  await cp(spoolDir, path.join(folder, 'spool'), { recursive: true });
  await cp(installationKeyFile, path.join(folder, 'installation.key'));
  const written = { version: productVersion, namespace: stack.namespace, predictionIds, labels, models: facts };
  await writeFile(path.join(folder, 'facts.json'), `${JSON.stringify(written, null, 2)}\n`);
  await bundleInference();
  for (const { name: kind, pid } of processesOf(process.pid))
    if (!/demo|transpiler/.test(kind)) process.kill(pid, 'SIGKILL');
  await rm(path.dirname(stateDir), { recursive: true, force: true, maxRetries: 20 });
  say(`  ${(await readdir(folder)).join(', ')}`);
}

/** With its packages in it, native ones apart: a later checkout has other versions of them. */
async function bundleInference(): Promise<void> {
  await build({
    absWorkingDir: rootDir,
    entryPoints: ['src/main-inference.ts'],
    outfile: path.join(folder, 'release', 'src', 'main-inference.mjs'),
    bundle: true,
    minify: true,
    external: ['onnxruntime-node', 'pg-native'],
    platform: 'node',
    format: 'esm',
    target: 'node20',
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    banner: {
      js:
        "import { createRequire as perennialRequire } from 'node:module';" +
        'const require = perennialRequire(import.meta.url);',
    },
    logLevel: 'error',
  });
  // It says its version from the file that stands above its sources.
  const named = JSON.stringify({ version: productVersion });
  await writeFile(path.join(folder, 'release', 'package.json'), `${named}\n`);
}
