import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { rootDir } from '../../src/config.ts';
import { copiedFiles, readDockerfile, serviceOf, type readCompose } from './compose-file.ts';

/**
 * Runs what the containers run, without containers: the commands and the environment come from docker-compose.yml and
 * the Dockerfile; only names of hosts, ports and folders are replaced, as a container's network and mounts would.
 */
export interface Deployment {
  readonly compose: ReturnType<typeof readCompose>;
  /** A copy of what the image holds; its node_modules are those of the checkout. */
  readonly imageDir: string;
  readonly stateDir: string;
  readonly toolsDir: string;
  readonly schemaDir: string;
  /** Text of a container to text of this machine. */
  readonly places: ReadonlyMap<string, string>;
}

export interface Running {
  readonly name: string;
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

/** Copies what the Dockerfile copies: a file that it forgets is missing here as well. */
export async function makeImage(folder: string): Promise<string> {
  for (const { from, to } of copiedFiles()) {
    await mkdir(path.dirname(path.join(folder, to)), { recursive: true });
    await cp(path.join(rootDir, from), path.join(folder, to), {
      recursive: true,
      filter: (file) => !/\.test(-d)?\.ts$/.test(file),
    });
  }
  // The stage that bundles: the same command, in the checkout.
  const { stderr, status } = spawnSync(process.execPath, ['tools/build-server.mjs', '--workflows'], {
    cwd: rootDir,
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (status !== 0) throw new Error(`the bundles could not be built: ${stderr}`);
  await cp(path.join(rootDir, 'dist', 'server'), path.join(folder, 'dist', 'server'), { recursive: true });
  await symlink(path.join(rootDir, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}

/**
 * Starts a service's command; `extra` are words after it, as `docker compose run` takes them, or variables of this
 * replica.
 */
export function startService(
  deployment: Deployment,
  name: string,
  extra: { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {},
): Running {
  const service = serviceOf(deployment.compose, name);
  const own = service.image.startsWith('perennial:');
  const words = own
    ? [...(service.entrypoint ?? entryPoint()), ...(extra.args ?? service.command ?? [])]
    : (service.command ?? []);
  const [command = '', ...args] = words.map((word) => here(deployment, word));
  const env = Object.fromEntries(
    Object.entries(service.environment).map(([key, value]) => [key, here(deployment, value)]),
  );
  const child = spawn(command === 'node' ? process.execPath : command, args, {
    cwd: own ? deployment.imageDir : rootDir,
    // Nothing of this machine's environment: what a command needs, the file must give. Docker sets HOME.
    env: {
      HOME: homeOf(deployment, name),
      PATH: `${deployment.toolsDir}:${process.env['PATH'] ?? ''}`,
      ...(own ? { NODE_ENV: 'production' } : { TEMPORAL_SCHEMA_DIR: deployment.schemaDir }),
      ...env,
      ...extra.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const take = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-200_000));
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      output += String(error);
      resolve(null);
    });
    child.once('close', (code) => resolve(code));
  });
  return { name, child, output: () => output, ended };
}

/** Runs a service that ends; throws with what it said when its exit code is not the expected one. */
export async function runService(
  deployment: Deployment,
  name: string,
  args?: readonly string[],
  expected = 0,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const running = startService(deployment, name, { ...(args === undefined ? {} : { args }), env });
  const code = await running.ended;
  if (code !== expected)
    throw new Error(`${name} ${args?.join(' ') ?? ''} ended with ${code}: ${running.output().slice(-3_000)}`);
  return running.output();
}

/** The official server image starts `temporal-server start` and takes its configuration from these same variables. */
export function startTemporalServer(deployment: Deployment, ports: Readonly<Record<string, string>>): Running {
  const service = serviceOf(deployment.compose, 'temporal');
  const withCommand = {
    ...deployment,
    compose: {
      ...deployment.compose,
      services: { ...deployment.compose.services, temporal: { ...service, command: ['temporal-server', 'start'] } },
    },
  };
  return startService(withCommand, 'temporal', { env: ports });
}

/** Runs the script that the Postgres image runs at its first start; of psql's own words it uses two. */
export async function runInitScript(url: string, env: Readonly<Record<string, string>>): Promise<void> {
  const text = await readFile(path.join(rootDir, 'deploy/postgres/10-temporal.sql'), 'utf8');
  const variables = new Map<string, string>();
  const statements: string[] = [];
  for (const line of text.split('\n').filter((each) => each.trim() !== '' && !each.startsWith('--'))) {
    const asked = /^\\getenv (\w+) (\w+)$/.exec(line);
    if (asked !== null) variables.set(asked[1] ?? '', env[asked[2] ?? ''] ?? '');
    else
      statements.push(line.replaceAll(/:'(\w+)'/g, (_, name: string) => pg.escapeLiteral(variables.get(name) ?? '')));
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** One for each service: what a container writes there is lost with it, or refused. */
export const homeOf = (deployment: Deployment, name: string): string => `${deployment.stateDir}-home/${name}`;

function entryPoint(): readonly string[] {
  const args = readDockerfile().findLast(({ name }) => name === 'ENTRYPOINT')?.args ?? '[]';
  return JSON.parse(args) as string[];
}

/**
 * Each place once: what was put in is not looked at again. Single words (names of hosts) only where they stand alone.
 */
function here(deployment: Deployment, text: string): string {
  const whole = deployment.places.get(text);
  if (whole !== undefined) return whole;
  const parts = [...deployment.places.keys()]
    .filter((key) => /[:/.]/.test(key))
    .toSorted((left, right) => right.length - left.length);
  const pattern = new RegExp(parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g');
  return text.replaceAll(pattern, (found) => deployment.places.get(found) ?? found);
}
