import { createWriteStream } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { lastLines, runCommand } from '../process/run-command.ts';
import { pinnedCliVersion, probeTemporalCli } from './temporal-cli.ts';

const firstByteLimitMs = 10_000;
const wholeLimitMs = 300_000;

export interface DownloadOptions {
  readonly target: string;
  readonly onProgress: (line: string) => void;
  /** Only for tests. */
  readonly origin?: string;
}

/**
 * Downloads the pinned CLI from the official address to `target`. Without a network it gives up within about 10 s.
 * No checksum is published there: HTTPS names the origin, and the binary must state the right version before use.
 */
export async function downloadTemporal(options: DownloadOptions): Promise<string | undefined> {
  const platform = process.platform;
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const origin = options.origin ?? 'https://temporal.download';
  const address = `${origin}/cli/archive/v${pinnedCliVersion}?platform=${platform}&arch=${arch}`;
  const folder = `${options.target}.download-${process.pid}`;
  try {
    await mkdir(folder, { recursive: true });
    await fetchFile(address, path.join(folder, 'archive.tar.gz'), options.onProgress);
    const unpacked = await runCommand('tar', ['-xzf', 'archive.tar.gz', 'temporal'], { cwd: folder, limitMs: 120_000 });
    if (unpacked.code !== 0)
      return `the archive from ${address} could not be unpacked (${lastLines(unpacked.output, 1)})`;
    const file = path.join(folder, 'temporal');
    await chmod(file, 0o755);
    const probed = await probeTemporalCli(file);
    if (typeof probed === 'string') return probed;
    await rename(file, options.target);
    return undefined;
  } catch (error) {
    return `${address}: ${reasonOf(error)}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fetchFile(address: string, file: string, onProgress: (line: string) => void): Promise<void> {
  const abort = new AbortController();
  const whole = setTimeout(() => abort.abort(new Error(`not complete after ${wholeLimitMs / 1_000} s`)), wholeLimitMs);
  const first = setTimeout(
    () => abort.abort(new Error(`no answer within ${firstByteLimitMs / 1_000} s`)),
    firstByteLimitMs,
  );
  try {
    const response = await fetch(address, { signal: abort.signal, redirect: 'follow' });
    clearTimeout(first);
    if (!response.ok || response.body === null) throw new Error(`answer ${response.status}`);
    await pipeline(
      Readable.fromWeb(response.body),
      progressOf(Number(response.headers.get('content-length') ?? 0), onProgress),
      createWriteStream(file),
    );
  } finally {
    clearTimeout(first);
    clearTimeout(whole);
  }
}

function progressOf(totalBytes: number, onProgress: (line: string) => void) {
  return async function* count(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    let toldAt = -Infinity;
    for await (const chunk of source) {
      bytes += chunk.byteLength;
      if (performance.now() - toldAt > 2_000) {
        toldAt = performance.now();
        const of = totalBytes > 0 ? ` of ${mebibytes(totalBytes)}` : '';
        onProgress(`downloading the Temporal CLI: ${mebibytes(bytes)}${of} MiB`);
      }
      yield chunk;
    }
  };
}

const mebibytes = (bytes: number) => Math.round(bytes / 1_048_576);

/** `fetch failed` says nothing: the cause does. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
