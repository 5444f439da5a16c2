import { access, constants, readdir, readFile, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { isPortFree } from '../embedded/process/free-port.ts';
import { runCommand } from '../embedded/process/run-command.ts';
import { compareVersions, pinnedCliVersion, probeTemporalCli } from '../embedded/temporal/temporal-cli.ts';
import { pushFolder, pushSuffix } from '../serving/push/push-file.ts';
import { measureSpool } from '../serving/spool/spool-size.ts';
import { fail, ok, skip, warn, type Check, type Facts, type Finding } from './findings.ts';
import { cut } from '../domain/words/cut.ts';

const nodeMin = '20.19.0';
const nativeModules = ['onnxruntime-node', '@duckdb/node-api', '@temporalio/core-bridge'];
/** Below these the engines stop: Postgres refuses writes when its disk is full. */
const freeBytesWarn = 2 * 2 ** 30;
const freeBytesFail = 200 * 2 ** 20;
/** Segments are shipped within a second; what waits for a minute is stuck. */
const spoolAgeMsMax = 60_000;
const commandMsMax = 2_800;

export const nodeCheck: Check = {
  name: 'node',
  run: async () => {
    const version = process.versions.node;
    if (compareVersions(version, nodeMin) < 0)
      return [
        fail('node', `${version}, and at least ${nodeMin} is needed`, 'Install a newer Node from https://nodejs.org.'),
      ];
    return [ok('node', `${version} (${process.platform} ${process.arch})`)];
  },
};

/** In a process of its own: a native module that crashes takes its process with it. */
export const nativeCheck: Check = {
  name: 'native modules',
  run: async ({ config }) => {
    const script = `const failed = [];
for (const name of ${JSON.stringify(nativeModules)})
  await import(name).catch((error) => failed.push(name + ': ' + String(error.message).split('\\n')[0]));
console.log(JSON.stringify(failed)); process.exit(0);`;
    const { code, output, hasTimedOut } = await runCommand(process.execPath, ['--input-type=module', '-e', script], {
      limitMs: commandMsMax,
      cwd: config.rootDir,
    });
    const name = 'native modules';
    if (hasTimedOut)
      return [warn(name, `not loaded within ${commandMsMax / 1_000} s`, 'Run it again when the machine is less busy.')];
    const fix = 'Run `npm ci` on this machine: native modules belong to one platform and one Node.';
    if (code !== 0)
      return [fail(name, `loading them ended with ${output.trim().split('\n').at(-1) ?? `code ${String(code)}`}`, fix)];
    const last = output.trim().split('\n').at(-1) ?? '[]';
    return [last === '[]' ? ok(name, `${nativeModules.join(', ')} load`) : fail(name, cut(last, 400), fix)];
  },
};

export const temporalCliCheck: Check = {
  name: 'temporal cli',
  run: async ({ config }) => {
    const name = 'temporal cli';
    if (config.isTemporalConfigured) return [skip(name, 'not needed: a Temporal of your own is configured')];
    const cached = [config.cacheDir, path.join(config.stateDir, 'cache')].map((folder) =>
      path.join(folder, `temporal-cli-${pinnedCliVersion}`, 'temporal'),
    );
    const candidates = config.temporalCliPath === undefined ? ['temporal', ...cached] : [config.temporalCliPath];
    const probes = await Promise.all(candidates.map((file) => probeTemporalCli(file)));
    const found = probes.find((probe) => typeof probe !== 'string');
    if (found !== undefined) return [ok(name, `${found.file}, with server ${found.serverVersion}`)];
    if (config.temporalCliPath !== undefined) return [fail(name, String(probes[0]), 'Correct TEMPORAL_CLI.')];
    return [
      warn(
        name,
        `neither on the PATH nor in ${config.cacheDir}`,
        '`perennial dev` downloads or builds it, which takes minutes the first time.',
      ),
    ];
  },
};

export const portsCheck: Check = {
  name: 'ports',
  run: async (facts) => {
    const { config } = facts;
    const ports = [
      ['inference', config.inferencePort, 'PERENNIAL_INFERENCE_PORT'],
      ['control', config.controlPort, 'PERENNIAL_CONTROL_PORT'],
      ...(config.databaseUrl === undefined
        ? [['postgres', config.postgresPort, 'PERENNIAL_POSTGRES_PORT'] as const]
        : []),
      ...(config.isTemporalConfigured
        ? []
        : [
            ['temporal', config.temporalPort, 'PERENNIAL_TEMPORAL_PORT'] as const,
            ['temporal ui', config.temporalUiPort, 'PERENNIAL_TEMPORAL_UI_PORT'] as const,
          ]),
    ] as const;
    return Promise.all(ports.map(([name, port, setting]) => portFinding(facts, name, port, setting)));
  },
};

async function portFinding(facts: Facts, who: string, port: number, setting: string): Promise<Finding> {
  const name = `port ${port}`;
  const own = facts.isStackAlive ? portsOf(facts) : new Set<number>();
  if (own.has(port)) return ok(name, `${who}: ours`);
  if (await isPortFree(port, facts.config.host)) return ok(name, `${who}: free`);
  if (facts.isStackAlive) return ok(name, `${who}: taken by somebody else; ours runs on another port`);
  return warn(
    name,
    `${who}: taken by somebody else`,
    `\`perennial dev\` takes the next free one; ${setting} chooses another.`,
  );
}

function portsOf({ stack }: Facts): ReadonlySet<number> {
  const urls = [stack?.controlUrl, stack?.inferenceUrl, stack?.temporalUiUrl ?? undefined];
  const fromUrls = urls.flatMap((url) => (url === undefined ? [] : [Number(new URL(url).port)]));
  return new Set([
    ...fromUrls,
    ...(stack?.postgresPort === undefined ? [] : [stack.postgresPort]),
    Number(stack?.temporalAddress?.split(':').at(-1)),
  ]);
}

export const diskCheck: Check = {
  name: 'disk',
  run: async ({ config }) => {
    const folders = [
      ['state', config.stateDir, 'PERENNIAL_STATE_DIR'],
      ['artifacts', config.artifactDir, 'PERENNIAL_ARTIFACT_DIR'],
      ['spool', config.spoolDir, 'PERENNIAL_SPOOL_DIR'],
      ['trainings', config.trainDir, 'PERENNIAL_TRAIN_DIR'],
    ] as const;
    return Promise.all(folders.map(([what, folder, setting]) => diskFinding(`disk of ${what}`, folder, setting)));
  },
};

async function diskFinding(name: string, folder: string, setting: string): Promise<Finding> {
  const existing = await nearestFolder(folder);
  const isWritable = await access(existing, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!isWritable)
    return fail(
      name,
      `${existing} cannot be written by this user`,
      `Change its owner, or set ${setting} to another folder.`,
    );
  const { bavail, bsize } = await statfs(existing);
  const freeBytes = bavail * bsize;
  const says = `${gib(freeBytes)} GiB free for ${folder}`;
  if (freeBytes < freeBytesFail)
    return fail(
      name,
      says,
      `Make room, or set ${setting} to a folder on another disk; Postgres stops when its disk is full.`,
    );
  return freeBytes < freeBytesWarn
    ? warn(name, says, `Make room, or set ${setting} to a folder on another disk.`)
    : ok(name, says);
}

const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);

/** The folder itself, or the nearest one above it that is there. */
async function nearestFolder(folder: string): Promise<string> {
  for (let at = folder; ; at = path.dirname(at)) {
    // oxlint-disable-next-line no-await-in-loop -- upwards, until one is found
    const found = await stat(at).catch(() => null);
    if (found?.isDirectory() === true || path.dirname(at) === at) return at;
  }
}

export const spoolCheck: Check = {
  name: 'spool',
  run: async ({ config }) => {
    const name = 'spool';
    const files = await readdir(config.spoolDir).catch(() => []);
    const { bytes, oldestMs } = await measureSpool(config.spoolDir);
    const pushDir = path.join(config.spoolDir, pushFolder);
    const pushed = await readdir(pushDir).catch(() => []);
    const refused = [
      { what: 'segment(s)', dir: config.spoolDir, bad: files.filter((file) => file.endsWith('.bad')) },
      { what: 'request(s) of pushed rows', dir: pushDir, bad: pushed.filter((file) => file.endsWith(pushSuffix.bad)) },
    ].flatMap(({ what, dir, bad }) =>
      bad.length === 0
        ? []
        : [
            warn(
              name,
              `${bad.length} ${what} were refused and lie in ${dir} as *.bad`,
              'See inference.log for the reason; once repaired, `perennial spool reship --refused` sends them again.',
            ),
          ],
    );
    if (oldestMs === 0) return [...refused, ok(name, 'nothing waits to be stored')];
    const ageMs = Date.now() - oldestMs;
    const says = `${bytes} bytes wait, the oldest for ${Math.round(ageMs / 1_000)} s`;
    if (ageMs <= spoolAgeMsMax) return [...refused, ok(name, says)];
    return [
      ...refused,
      warn(
        name,
        says,
        'Start inference: it ships what lies there; if it runs, Postgres does not take it (inference.log).',
      ),
    ];
  },
};

/** A secret that others may read is theirs too. */
export const secretsCheck: Check = {
  name: 'secrets',
  run: async ({ config, stack }) => {
    const files = [stack?.tokensFile ?? path.join(config.stateDir, 'tokens.json'), config.tokenFile];
    const open: string[] = [];
    for (const file of files) {
      // oxlint-disable-next-line no-await-in-loop -- two files
      const facts = await stat(file).catch(() => null);
      // oxlint-disable-next-line no-await-in-loop -- two files
      if (facts !== null && (facts.mode & 0o077) !== 0 && (await readFile(file, 'utf8').catch(() => '')) !== '')
        open.push(file);
    }
    if (open.length === 0) return [ok('secrets', 'token files are readable by their owner alone')];
    return [
      warn(
        'secrets',
        `${open.join(', ')} can be read by others`,
        `Run \`chmod 600 ${open.join(' ')}\`, and rotate the tokens if somebody may have.`,
      ),
    ];
  },
};
