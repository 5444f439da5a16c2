import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { readTokensFile } from '../access/tokens-file.ts';
import { readConfig, type Config } from '../config.ts';
import { PerennialError } from '../domain/words/errors.ts';

/** Where a running Perennial is and what proves who asks. */
export interface Stack {
  readonly controlUrl: string;
  readonly inferenceUrl: string;
  readonly temporalUiUrl: string | null;
  /** For the control API. */
  readonly token: string;
  /** For predictions. */
  readonly predictToken: string;
}

/** `<state>/stack.json`, written by `dev` and `demo` while they run. */
const stackFileSchema = z.object({
  controlUrl: z.url(),
  inferenceUrl: z.url(),
  temporalUiUrl: z.url().nullable().optional(),
  tokensFile: z.string(),
});

type StackFile = z.infer<typeof stackFileSchema>;

/**
 * Finds the stack: the environment first (PERENNIAL_CONTROL_URL, PERENNIAL_INFERENCE_URL, PERENNIAL_TOKEN), each for
 * itself, then what `dev` or `demo` wrote here. Throws `unavailable` with the way to start one.
 */
export async function findStack(config: Config): Promise<Stack> {
  const file = await readStackFile(path.join(config.stateDir, 'stack.json'));
  const tokens = file === null ? null : await readTokensFile(file.tokensFile);
  const single = config.token ?? (await readSingleToken(config.tokenFile));
  const token = single ?? tokens?.admin;
  const predictToken = single ?? tokens?.predictor;
  if (file === null && token === undefined && !isPointed(config)) throw notRunning();
  if (token === undefined || predictToken === undefined) {
    throw new PerennialError('unauthenticated', 'There is no token to send.', {
      path: 'PERENNIAL_TOKEN',
      hint: 'Set PERENNIAL_TOKEN, or write the token into the file that PERENNIAL_TOKEN_FILE names.',
    });
  }
  const fallback = readConfig({});
  return {
    controlUrl: config.controlUrl === fallback.controlUrl ? (file?.controlUrl ?? config.controlUrl) : config.controlUrl,
    inferenceUrl:
      config.inferenceUrl === fallback.inferenceUrl ? (file?.inferenceUrl ?? config.inferenceUrl) : config.inferenceUrl,
    temporalUiUrl: config.temporalUiUrl ?? file?.temporalUiUrl ?? null,
    token,
    predictToken,
  };
}

export function notRunning(): PerennialError {
  return new PerennialError('unavailable', 'Perennial is not running here.', { hint: 'Start it with `npm run dev`.' });
}

/** True when the environment names a control API of its own. */
function isPointed(config: Config): boolean {
  return config.controlUrl !== readConfig({}).controlUrl;
}

async function readStackFile(file: string): Promise<StackFile | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return stackFileSchema.parse(JSON.parse(text));
  } catch {
    // Half-written by a start that was killed: as good as none.
    return null;
  }
}

async function readSingleToken(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trim() === '' ? undefined : text.trim();
}
