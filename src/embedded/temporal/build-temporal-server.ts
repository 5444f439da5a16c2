import { chmod, cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../../config.ts';
import { findGo, goEnv } from './build-temporal.ts';
import { waitForLock } from '../process/process-lock.mjs';
import { lastLines, runCommand } from '../process/run-command.ts';

/** The clusterable server: of the same version as the one inside the pinned CLI (`tools/temporal-cli/go.mod`). */
export const pinnedServerVersion = '1.31.2';

const buildLimitMs = 30 * 60_000;
const lockLimitMs = 40 * 60_000;
const serverModule = 'go.temporal.io/server';

export interface TemporalServerTools {
  /** Holds `temporal-server` and `temporal-sql-tool`, called as in the official images. */
  readonly binDir: string;
  /** As `/etc/temporal/schema/postgresql/v12` in the official image. */
  readonly schemaDir: string;
}

/**
 * The Temporal server and its schema tool, cached per user; built from the Go module proxy when they are not, every
 * module checked against go.sum. A sentence instead when that cannot be done. Nothing that runs in production needs it:
 * it starts on one machine, without containers, what docker-compose.yml starts in them.
 */
export async function acquireTemporalServer(
  config: Pick<Config, 'cacheDir' | 'rootDir' | 'stateDir'>,
  onProgress: (line: string) => void,
): Promise<TemporalServerTools | string> {
  const folder = path.join(config.cacheDir, `temporal-server-${pinnedServerVersion}`);
  const tools = { binDir: path.join(folder, 'bin'), schemaDir: path.join(folder, 'schema') };
  if (await isThere(tools.schemaDir)) return tools;
  const go = await findGo();
  if (go === undefined) return 'there is no Go tool (`go`) to build the Temporal server with';
  await mkdir(folder, { recursive: true });
  const lock = await waitForLock(path.join(folder, 'lock'), lockLimitMs, (pid, waitedMs) =>
    onProgress(`waiting for process ${pid}, which is building the Temporal server: ${Math.round(waitedMs / 1_000)} s`),
  );
  if (lock === undefined) return `another process held ${folder}/lock for ${lockLimitMs / 60_000} minutes`;
  try {
    if (await isThere(tools.schemaDir)) return tools;
    return (await build(go, config, folder, onProgress)) ?? tools;
  } finally {
    lock.release();
  }
}

/** The schema folder comes last: it is what says that everything is there. */
async function build(
  go: string,
  config: Pick<Config, 'rootDir' | 'stateDir'>,
  folder: string,
  onProgress: (line: string) => void,
): Promise<string | undefined> {
  const moduleDir = path.join(config.rootDir, 'tools', 'temporal-cli');
  const env = await goEnv(config.stateDir);
  const start = performance.now();
  const timer = setInterval(
    () =>
      onProgress(
        `building the Temporal server from source (once, about 4 minutes): ` +
          `${Math.round((performance.now() - start) / 1_000)} s`,
      ),
    2_000,
  );
  const draft = path.join(folder, `draft-${process.pid}`);
  try {
    await mkdir(draft, { recursive: true });
    const args = [
      'build',
      '-trimpath',
      '-ldflags=-s -w',
      '-o',
      `${draft}/`,
      `${serverModule}/cmd/server`,
      `${serverModule}/cmd/tools/sql`,
    ];
    const built = await runCommand(go, args, { cwd: moduleDir, env, limitMs: buildLimitMs });
    if (built.code !== 0)
      return built.hasTimedOut
        ? `the build took longer than ${buildLimitMs / 60_000} minutes`
        : `the build with ${go} failed (${lastLines(built.output)})`;
    const found = await runCommand(go, ['list', '-m', '-f', '{{.Version}} {{.Dir}}', serverModule], {
      cwd: moduleDir,
      env,
      limitMs: 60_000,
    });
    const [version, source] = found.output.trim().split(' ');
    if (version !== `v${pinnedServerVersion}` || source === undefined)
      return `go.mod holds ${serverModule} ${version}, and ${pinnedServerVersion} is expected`;
    await mkdir(path.join(folder, 'bin'), { recursive: true });
    await rename(path.join(draft, 'server'), path.join(folder, 'bin', 'temporal-server'));
    await rename(path.join(draft, 'sql'), path.join(folder, 'bin', 'temporal-sql-tool'));
    await cp(path.join(source, 'schema', 'postgresql', 'v12'), path.join(draft, 'schema'), { recursive: true });
    // Go's module cache is read-only, and a folder that may not be written cannot be moved.
    await chmod(path.join(draft, 'schema'), 0o755);
    await rename(path.join(draft, 'schema'), path.join(folder, 'schema'));
    return undefined;
  } finally {
    clearInterval(timer);
    await rm(draft, { recursive: true, force: true });
  }
}

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
