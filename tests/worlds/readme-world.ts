import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { rootDir } from '../../src/config.ts';
import { anyPort } from './any-port.ts';
import { ownEngines } from './own-engines.ts';
import type { Block } from './readme-blocks.ts';
import { until } from './wait.ts';

/** Ends a block that hangs, and measures nothing: a demo takes minutes on a machine that is busy with other tests. */
export const blockLimitMs = 600_000;

/**
 * A copy of the project in which a reader does what the README says, block by block. Notes above a block say what kind
 * it is: `file` writes it, `background` leaves it running until `stop`, `until` repeats it until its output has that
 * text, `shows` is what its output must have, `printed` is output of the block before, whose `keys` must be there.
 */
export interface ReadmeWorld {
  /** Does what a block says; throws, or fails an expectation, when something else came of it. */
  perform(block: Block): Promise<void>;
  write(file: string, text: string): Promise<void>;
  /** Runs one command with bash, as a whole; rejects with its output when it fails. */
  run(command: string): Promise<string>;
  close(): Promise<void>;
}

export async function startReadmeWorld(): Promise<ReadmeWorld> {
  const background = new Set<ChildProcess>();
  let lastOutput = '';
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-readme-'));
  await runIn(
    `git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t '${folder}'`,
    rootDir,
    process.env,
  );
  // Hard links: a second copy of what is installed would take as long as installing it.
  const installed = path.join(folder, 'node_modules');
  await runIn(
    `cp -al node_modules '${installed}' 2>/dev/null || { rm -rf '${installed}'; cp -a node_modules '${installed}'; }`,
    rootDir,
    process.env,
  );
  const names = {
    8080: 'PERENNIAL_INFERENCE_PORT',
    8081: 'PERENNIAL_CONTROL_PORT',
    8233: 'PERENNIAL_TEMPORAL_UI_PORT',
  };
  const chosen = await Promise.all(
    Object.entries(names).map(async ([written, name]) => ({ written, name, free: String(await anyPort()) })),
  );
  const ports = chosen.map(({ written, free }) => [`127.0.0.1:${written}`, `127.0.0.1:${free}`] as const);
  const env = {
    ...ownEngines(process.env),
    ...Object.fromEntries(chosen.map(({ name, free }) => [name, free])),
    NO_COLOR: '1',
  };

  const run = (command: string): Promise<string> => runIn(command, folder, env);

  async function perform(block: Block): Promise<void> {
    const { notes } = block;
    const file = notes.get('file');
    if (file !== undefined) return write(file, block.text);
    if (notes.has('printed')) return compare(block);
    if (block.language !== 'sh')
      throw new Error(`README.md:${block.line} is neither a command, nor a file, nor something printed`);
    const command = here(notes.get('instead') ?? block.text);
    if (notes.has('background')) return start(command, notes.get('background') ?? '');
    const wanted = notes.get('until');
    if (wanted === undefined) lastOutput = await run(command);
    else {
      lastOutput = await until(`"${wanted}" is printed`, async () => {
        const output = await run(command);
        return output.includes(wanted) && output;
      });
    }
    if (notes.has('stop')) await stopAll();
    for (const key of keysOf(notes.get('shows'))) expect(lastOutput).toContain(key);
  }

  async function write(file: string, text: string): Promise<void> {
    const target = path.join(folder, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, `${here(text)}\n`);
  }

  /** With the ports that are free here in the place of those that are written there. */
  function here(text: string): string {
    return ports.reduce((replaced, [written, free]) => replaced.replaceAll(written, free), text);
  }

  /** What the README shows of an output must be what came, in the fields that the note names. */
  function compare({ text, notes, line }: Block): void {
    const keys = keysOf(notes.get('printed'));
    if (keys.length === 0) throw new Error(`README.md:${line} names no field to compare`);
    for (const key of keys) {
      expect(text, `README.md:${line} does not show "${key}"`).toContain(key);
      expect(lastOutput, `the command did not print "${key}"`).toContain(key);
    }
  }

  async function start(command: string, ready: string): Promise<void> {
    const child = spawn('bash', ['-c', `exec ${command.trim()}`], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    background.add(child);
    lastOutput = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (lastOutput += chunk.toString()));
    await until(`"${ready}" is printed`, () => {
      if (child.exitCode !== null) throw new Error(`exit code ${child.exitCode} of: ${command}\n${lastOutput}`);
      return Promise.resolve(lastOutput.includes(ready));
    });
  }

  /** Ctrl-C in the other terminal. */
  async function stopAll(): Promise<void> {
    for (const child of background) {
      const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
      else continue;
      await ended;
      background.delete(child);
    }
  }

  return {
    perform,
    write,
    run,
    close: async () => {
      for (const child of background) child.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function keysOf(text: string | undefined): readonly string[] {
  return (text ?? '').split('|').filter((key) => key !== '');
}

function runIn(command: string, cwd: string, environment: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-euo', 'pipefail', '-c', command], {
      cwd,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('close', (code) =>
      code === 0
        ? resolve(output)
        : reject(new Error(`exit code ${String(code)} of: ${command}\n${output.slice(-4_000)}`)),
    );
  });
}
