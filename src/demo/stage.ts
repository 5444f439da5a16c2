import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readConfig, readConfigWith, type Config } from '../config.ts';
import { demoFolderName } from '../domain/words/state-folder.ts';
import { isPerennialError, PerennialError } from '../domain/words/errors.ts';
import { onStopSignal } from '../embedded/process/end-with-parent.ts';
import type { Target } from '../replay/http.ts';
import { createLogger } from '../telemetry/logger.ts';
import { describeStack } from '../stack/describe-stack.ts';
import { startStack, type StartedStack } from '../stack/start-stack.ts';

/** Where a demo plays: a running stack, a voice, and a memory that survives being killed. */
export interface Stage {
  readonly config: Config;
  readonly stack: StartedStack;
  readonly control: Target;
  readonly inference: Target;
  readonly isResumed: boolean;
  /** One finished act: what happened, the figure that matters, a link. */
  act(name: string, text: string, link?: string): void;
  /** Progress of something that takes long; at most one line every two seconds. */
  progress(text: string): void;
  workflowLink(workflowId: string): string;
  readonly seconds: () => number;
  /** Aborts when the play is over, whatever ended it. */
  readonly ending: AbortSignal;
}

export interface StageOptions {
  readonly json: boolean;
  readonly keep: boolean;
  /** What is played: the same words resume a killed demo, others begin a new one. */
  readonly play: readonly string[];
  /** What the definitions of this play read their history from, by its state folder. */
  readonly sourceFilesIn: (stateDir: string) => readonly string[];
}

const progressEveryMs = 2_000;

interface Memory {
  readonly key: string;
  readonly startedAtMs: number;
  readonly isDone: boolean;
}

/**
 * Opens the stage, lets `play` run on it, and closes it whatever happens. Without `--keep` the demo has a state folder
 * of its own, emptied before a new play; with it, the ordinary one, which nothing ever empties.
 */
export async function onStage(options: StageOptions, play: (stage: Stage) => Promise<number>): Promise<number> {
  const base = readConfig();
  const stateDir = options.keep ? base.stateDir : path.join(base.stateDir, demoFolderName);
  const config = readConfigWith({ PERENNIAL_STATE_DIR: stateDir });
  const memory = await recall(stateDir, options);
  const startedMs = Date.now();
  const say = (line: string): void => void (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  const progress = tellSometimes(say);
  let fail: (error: PerennialError) => void = () => undefined;
  const fatal = new Promise<never>((_, reject) => (fail = reject));
  fatal.catch(() => undefined);
  let stopped: () => void = () => undefined;
  const signalled = new Promise<number>((resolve) => (stopped = () => resolve(130)));
  onStopSignal(() => stopped());
  const starting = startStack(config, {
    log: createLogger('demo', 'silent'),
    onProgress: progress,
    onFatal: (error) => fail(error),
    sourceFiles: options.sourceFilesIn(stateDir),
  });
  const stack = await Promise.race([starting, signalled.then(() => null)]);
  if (stack === null) {
    await starting.then(
      (late) => late.stop(),
      () => undefined,
    );
    return 130;
  }
  const ending = new AbortController();
  const stage: Stage = {
    ...stageOver(config, stack, say),
    ending: ending.signal,
    isResumed: memory.isResumed,
    progress,
    seconds: () => (Date.now() - startedMs) / 1_000,
  };
  try {
    if (memory.isResumed) stage.act('resume', 'a demo was interrupted here; it goes on where it was');
    const code = await Promise.race([play(stage), fatal, signalled]);
    // A play that came to its end is not resumed, also when it found that the loop had not closed.
    if (code !== 130) await remember(stateDir, { ...memory.content, isDone: true });
    if (code === 0 && options.keep) {
      say(`\nstays up until Ctrl-C:\n${describeStack(stack)}`);
      await Promise.race([signalled, fatal]);
    } else if (code !== 130)
      say(`\nits pages, when you like: PERENNIAL_STATE_DIR=${shortPath(stateDir)} npm run dev -- --open`);
    return code;
  } catch (error) {
    throw withLogs(error, config.logDir);
  } finally {
    ending.abort();
    await stack.stop();
  }
}

type Say = (line: string) => void;

function stageOver(
  config: Config,
  stack: StartedStack,
  say: Say,
): Omit<Stage, 'isResumed' | 'progress' | 'seconds' | 'ending'> {
  return {
    config,
    stack,
    control: { url: stack.controlUrl, token: stack.tokens.admin },
    inference: { url: stack.inferenceUrl, token: stack.tokens.predictor },
    act: (name, text, link) => say(`  ${name.padEnd(10)} ${text}${link === undefined ? '' : `\n             ${link}`}`),
    workflowLink: (workflowId) =>
      `${stack.temporalUiUrl ?? ''}/namespaces/${stack.namespace}/workflows/${encodeURIComponent(workflowId)}`,
  };
}

function tellSometimes(say: Say): (text: string) => void {
  let toldMs = 0;
  return (text) => {
    if (Date.now() - toldMs < progressEveryMs) return;
    toldMs = Date.now();
    say(`    … ${text}`);
  };
}

function withLogs(error: unknown, logDir: string): unknown {
  if (!isPerennialError(error)) return error;
  return new PerennialError(error.code, error.message, {
    ...(error.path === undefined ? {} : { path: error.path }),
    hint: `${error.hint} Logs: ${logDir}`,
  });
}

/** As a person in this folder would type it. */
function shortPath(folder: string): string {
  const relative = path.relative(process.cwd(), folder);
  return relative.startsWith('..') ? folder : relative;
}

async function recall(
  stateDir: string,
  options: StageOptions,
): Promise<{ readonly isResumed: boolean; readonly content: Memory }> {
  const key = createHash('sha256').update(JSON.stringify(options.play)).digest('hex');
  const known = await read(stateDir);
  if (known !== null && known.key === key && !known.isDone) return { isResumed: true, content: known };
  if (!options.keep) await rm(stateDir, { recursive: true, force: true });
  const content = { key, startedAtMs: Date.now(), isDone: false };
  await remember(stateDir, content);
  return { isResumed: false, content };
}

async function read(stateDir: string): Promise<Memory | null> {
  try {
    return JSON.parse(await readFile(path.join(stateDir, 'demo.json'), 'utf8')) as Memory;
  } catch {
    return null;
  }
}

async function remember(stateDir: string, memory: Memory): Promise<void> {
  await mkdir(stateDir, { recursive: true });
  const file = path.join(stateDir, 'demo.json');
  await writeFile(`${file}.new`, JSON.stringify(memory));
  await rename(`${file}.new`, file);
}
