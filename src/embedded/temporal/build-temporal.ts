import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { lastLines, runCommand } from '../process/run-command.ts';
import { probeTemporalCli } from './temporal-cli.ts';
import { isWritableFolder } from '../process/writable-folder.ts';

const buildLimitMs = 30 * 60_000;

export interface BuildOptions {
  readonly moduleDir: string;
  readonly target: string;
  /** Where Go may keep its caches when the home folder is not writable. */
  readonly stateDir: string;
  readonly onProgress: (line: string) => void;
}

/**
 * Builds the pinned CLI from source with the Go tool, every module checked against go.sum. A sentence when it fails.
 */
export async function buildTemporal(options: BuildOptions): Promise<string | undefined> {
  const go = await findGo();
  if (go === undefined) return 'there is no Go tool (`go`) to build it with';
  const draft = `${options.target}.build-${process.pid}`;
  const start = performance.now();
  let packages = 0;
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - start) / 1_000);
    options.onProgress(
      `building the Temporal CLI from source (once, about 4 minutes): ${seconds} s, ${packages} packages`,
    );
  }, 2_000);
  try {
    const args = ['build', '-v', '-trimpath', '-ldflags=-s -w', '-o', draft, 'github.com/temporalio/cli/cmd/temporal'];
    const result = await runCommand(go, args, {
      cwd: options.moduleDir,
      env: await goEnv(options.stateDir),
      limitMs: buildLimitMs,
      onOutput: (text) => (packages += text.split('\n').length - 1),
    });
    if (result.code !== 0) {
      return result.hasTimedOut
        ? `the build took longer than ${buildLimitMs / 60_000} minutes`
        : `the build with ${go} failed (${lastLines(result.output)})`;
    }
    const probed = await probeTemporalCli(draft);
    if (typeof probed === 'string') return probed;
    await rename(draft, options.target);
    return undefined;
  } finally {
    clearInterval(timer);
    await rm(draft, { force: true });
  }
}

/** A Go tool that runs, on the PATH or where its installers put it. */
export async function findGo(): Promise<string | undefined> {
  for (const candidate of ['go', '/usr/local/go/bin/go', '/usr/lib/go/bin/go', '/opt/homebrew/bin/go']) {
    const result = await runCommand(candidate, ['version'], { limitMs: 15_000, cwd: '/' });
    if (result.code === 0) return candidate;
  }
  return undefined;
}

/** The environment of a build that go.sum holds to. */
export async function goEnv(stateDir: string): Promise<Record<string, string | undefined>> {
  // The caller's GOFLAGS (-mod=mod, -mod=vendor) would defeat go.sum; a work file above the checkout would hide the
  // module.
  const env: Record<string, string | undefined> = { ...process.env, GOFLAGS: '-mod=readonly', GOWORK: 'off' };
  const home = process.env['HOME'] || homedir();
  if (await isWritableFolder(home)) return env;
  const folder = path.join(stateDir, 'go');
  await mkdir(folder, { recursive: true });
  env['HOME'] = folder;
  env['GOCACHE'] ??= path.join(folder, 'build');
  env['GOPATH'] ??= folder;
  return env;
}
