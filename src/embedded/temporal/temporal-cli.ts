import { runCommand } from '../process/run-command.ts';
import { cut } from '../../domain/words/cut.ts';

/** What a `temporal` binary says about itself. */
export interface TemporalCli {
  readonly file: string;
  /** Version of the server inside, e.g. `1.31.2`. */
  readonly serverVersion: string;
}

/**
 * Server of CLI 1.5.1, the oldest that was tried with this SDK. A CLI built from source calls itself 0.0.0-DEV, so its
 * server is compared.
 */
export const serverVersionMin = '1.29.1';
/** The CLI that is downloaded or built, and the server inside it. */
export const pinnedCliVersion = '1.8.2';

/** Runs `<file> --version`. A sentence instead of a result when it is missing, broken or too old. */
export async function probeTemporalCli(file: string): Promise<TemporalCli | string> {
  const { code, output } = await runCommand(file, ['--version'], { limitMs: 15_000 });
  if (code !== 0) return `${file} does not run (${cut(output.trim().split('\n')[0] ?? 'no output', 200)})`;
  const serverVersion = /Server v?(\d+\.\d+\.\d+)/.exec(output)?.[1];
  if (serverVersion === undefined) return `${file} is not a Temporal CLI (it says ${output.trim().slice(0, 80)})`;
  if (compareVersions(serverVersion, serverVersionMin) < 0)
    return `${file} holds server ${serverVersion}, at least ${serverVersionMin} is needed`;
  return { file, serverVersion };
}

/** Negative, zero or positive, by the three numbers. */
export function compareVersions(left: string, right: string): number {
  const rightParts = right.split('.').map(Number);
  for (const [index, part] of left.split('.').map(Number).entries()) {
    const difference = part - (rightParts[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
