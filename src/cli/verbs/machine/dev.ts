import { parseArgs } from 'node:util';
import { readConfig } from '../../../config.ts';
import { wrongLine } from '../../../domain/words/wrong-line.ts';
import { onStopSignal } from '../../../embedded/process/end-with-parent.ts';
import { createLogger } from '../../../telemetry/logger.ts';
import { openPages } from '../models/open.ts';
import { describeStack } from '../../../stack/describe-stack.ts';
import { startStack, type StartedStack } from '../../../stack/start-stack.ts';

const help = `perennial dev [--json] [--open]

Starts everything on this machine and stays up: Postgres, Temporal, inference, control and a worker.
--open shows the pages in a browser, signed in. Ctrl-C ends every process that it started.
State lies in .perennial/ (PERENNIAL_STATE_DIR).`;

/** The stack stays up until a signal; the exit code is 0 after a clean stop. */
export async function runDev(args: readonly string[]): Promise<number> {
  const values = parsed(args);
  if (values.help) {
    process.stdout.write(`${help}\n`);
    return 0;
  }
  const config = readConfig();
  const say = (line: string): void => void (values.json || process.stderr.write(`  ${line}\n`));
  let end: (code: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => (end = resolve));
  onStopSignal(() => end(0));
  const stack = await startStack(config, {
    log: createLogger('dev', config.logLevel === 'info' ? 'warn' : config.logLevel),
    onProgress: say,
    onFatal: (error) => {
      process.stderr.write(`${error.message}\n${error.hint}\n`);
      end(1);
    },
  });
  process.stdout.write(values.json ? `${JSON.stringify(publicPart(stack))}\n` : `${describeStack(stack)}\n`);
  if (values.open) say((await openPages(config, { print: false })).line);
  const code = await ended;
  say('stopping');
  await stack.stop();
  return code;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        open: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw wrongLine(error, 'perennial dev --help');
  }
}

function publicPart(stack: StartedStack): Record<string, unknown> {
  const { controlUrl, inferenceUrl, temporalUiUrl, tokensFile, movedPorts } = stack;
  return { controlUrl, inferenceUrl, temporalUiUrl, tokensFile, movedPorts };
}
