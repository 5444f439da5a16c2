import { sayMebibytes } from '../../../domain/spec/parts/model-process.ts';
import { sayCount } from '../../../domain/words/say.ts';
import { cut } from '../../../domain/words/cut.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import type { CommandJob, CommandLimits } from '../../../domain/training/external/command-job.ts';
import { lastWords } from './keep-tail.ts';

type Resource = 'memory' | 'time' | 'files' | 'entries' | 'output';

/** How a program came to its end. */
export type Ending =
  | { readonly how: 'exit'; readonly code: number }
  | { readonly how: 'signal'; readonly by: NodeJS.Signals }
  | { readonly how: 'beyond'; readonly what: Resource }
  | { readonly how: 'cancelled' };

const tailCharsMax = 1_500;

export function beyond(what: Resource): Ending {
  return { how: 'beyond', what };
}

/** One sentence, with the last words of the program behind it. */
export function endedBadly(job: CommandJob, ending: Ending, said: string): PerennialError {
  const words = lastWords(said, tailCharsMax);
  const last = words === '' ? '' : ` It said last: ${words}`;
  return new PerennialError('trainer_failed', `The program ${nameOf(job)} ${sayEnding(ending, job.limits)}.${last}`, {
    path: 'trainer',
    ...(ending.how === 'beyond' ? { hint: hints[ending.what] } : {}),
  });
}

/** Why the system did not start it. */
export function didNotStart(job: CommandJob, error: NodeJS.ErrnoException): PerennialError {
  const why =
    error.code === 'ENOENT'
      ? 'is not there'
      : error.code === 'EACCES'
        ? 'may not be run by the user of the worker'
        : `could not be started (${error.code ?? 'for no reason that the system gives'})`;
  return new PerennialError('trainer_failed', `The program ${nameOf(job)} ${why}.`, {
    path: 'trainer.argv',
    hint: 'Install it where the worker runs, or name it by its path, such as .venv/bin/python.',
  });
}

const hints: Record<Resource, string> = {
  memory: 'Raise trainer.memoryBytesMax, or read the rows in parts.',
  time: 'Raise trainer.timeMsMax, or keep a checkpoint and do less.',
  files: 'Raise trainer.filesBytesMax, or leave fewer files behind.',
  entries: 'Leave fewer files behind: pack them together, or remove what is old.',
  output: 'Let it write less to its standard output.',
};

function sayEnding(ending: Ending, limits: CommandLimits): string {
  if (ending.how === 'exit') return `ended with exit code ${ending.code}`;
  if (ending.how === 'signal') return `was ended by ${ending.by}`;
  if (ending.how === 'cancelled') return 'was ended, as nobody waits for it any more';
  return said[ending.what](limits);
}

const said: Record<Resource, (limits: CommandLimits) => string> = {
  memory: ({ memoryBytesMax }) => `took more than ${sayMebibytes(memoryBytesMax)} of memory, and was ended`,
  time: ({ timeMsMax }) => `took longer than ${sayCount(Math.round(timeMsMax / 1_000))} s, and was ended`,
  files: ({ filesBytesMax }) => `left more than ${sayMebibytes(filesBytesMax)} of files, and was ended`,
  entries: ({ entriesMax }) => `left more than ${sayCount(entriesMax)} files, and was ended`,
  output: () => 'wrote more to its standard output than is read, and was ended',
};

function nameOf({ argv }: CommandJob): string {
  return JSON.stringify(cut(argv.join(' '), 120));
}
