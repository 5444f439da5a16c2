import path from 'node:path';
import type { Config } from '../../config.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { buildTemporal } from './build-temporal.ts';
import { downloadTemporal } from './download-temporal.ts';
import { waitForLock } from '../process/process-lock.mjs';
import { pinnedCliVersion, probeTemporalCli } from './temporal-cli.ts';
import type { TemporalCli } from './temporal-cli.ts';
import { firstWritableFolder } from '../process/writable-folder.ts';

type AcquireConfig = Pick<Config, 'temporalCliPath' | 'cacheDir' | 'stateDir' | 'rootDir'>;

// Longer than the build's own limit: who waits here must not give up before who builds.
const lockLimitMs = 40 * 60_000;

/**
 * Finds a Temporal CLI: TEMPORAL_CLI, `temporal` on the PATH, the cached one, the official download, a build from
 * `tools/temporal-cli`. `onProgress` hears a line at least every 2 s while something takes long. Throws one
 * `configuration` error that lists what was tried. A wrong TEMPORAL_CLI is an error at once: it was asked for.
 */
export async function acquireTemporal(config: AcquireConfig, onProgress: (line: string) => void): Promise<TemporalCli> {
  if (config.temporalCliPath !== undefined) {
    const given = await probeTemporalCli(config.temporalCliPath);
    if (typeof given !== 'string') return given;
    throw new PerennialError('configuration', `TEMPORAL_CLI: ${given}.`, { path: 'TEMPORAL_CLI' });
  }
  const tried: string[] = [];
  const onPath = await probeTemporalCli('temporal');
  if (typeof onPath !== 'string') return onPath;
  tried.push(`PATH: ${onPath}`);

  const name = `temporal-cli-${pinnedCliVersion}`;
  const caches = [path.join(config.cacheDir, name), path.join(config.stateDir, 'cache', name)];
  for (const folder of caches) {
    const cached = await probeTemporalCli(path.join(folder, 'temporal'));
    if (typeof cached !== 'string') return cached;
    tried.push(`cache: ${cached}`);
  }
  const folder = await firstWritableFolder(caches);
  if (folder === undefined) throw refusal([...tried, `neither ${caches.join(' nor ')} can be written`]);
  return fillCache(config, folder, tried, onProgress);
}

async function fillCache(
  config: AcquireConfig,
  folder: string,
  tried: string[],
  onProgress: (line: string) => void,
): Promise<TemporalCli> {
  const target = path.join(folder, 'temporal');
  const lock = await waitForLock(path.join(folder, 'lock'), lockLimitMs, (pid, waitedMs) =>
    onProgress(`waiting for process ${pid}, which is fetching the Temporal CLI: ${Math.round(waitedMs / 1_000)} s`),
  );
  if (lock === undefined)
    throw refusal([...tried, `another process held ${folder}/lock for ${lockLimitMs / 60_000} minutes`]);
  try {
    // Whoever held the lock before may have put it there.
    const cached = await probeTemporalCli(target);
    if (typeof cached !== 'string') return cached;
    onProgress(`downloading the Temporal CLI ${pinnedCliVersion}`);
    const download = await downloadTemporal({ target, onProgress });
    if (download !== undefined) {
      tried.push(`download: ${download}`);
      onProgress(`no download (${download}); building it from source instead`);
      const build = await buildTemporal({
        moduleDir: path.join(config.rootDir, 'tools', 'temporal-cli'),
        target,
        stateDir: config.stateDir,
        onProgress,
      });
      if (build !== undefined) throw refusal([...tried, `build: ${build}`]);
    }
    const made = await probeTemporalCli(target);
    if (typeof made === 'string') throw refusal([...tried, made]);
    return made;
  } finally {
    lock.release();
  }
}

function refusal(tried: readonly string[]): PerennialError {
  return new PerennialError('configuration', `No Temporal CLI could be had. Tried: ${tried.join('; ')}.`, {
    path: 'TEMPORAL_CLI',
    hint: 'Install the Temporal CLI, or set TEMPORAL_CLI to it, or TEMPORAL_ADDRESS to a running server.',
  });
}
