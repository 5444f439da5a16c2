import { sayCount } from '../../words/say.ts';
import type { CommandSpec, WorkerSpec } from '../parts/external-trainer.ts';
import { sayMebibytes, sayModelProcess } from '../parts/model-process.ts';

/** What holds for a program of somebody else, its limits as well as what was said, for whoever declares it. */
export function sayExternal(trainer: CommandSpec | WorkerSpec): readonly string[] {
  const after = trainer.refit ? 'then a release on all rows' : 'the candidate is released';
  const seconds = `${sayCount(Math.round(trainer.timeMsMax / 1_000))} s`;
  return [
    trainer.kind === 'command'
      ? `Trainer: ${trainer.argv.join(' ')} in ${trainer.folder}, with at most ` +
        `${sayMebibytes(trainer.memoryBytesMax)} of memory, ${seconds} and ` +
        `${sayMebibytes(trainer.filesBytesMax)} of files; ${after}.`
      : `Trainer: "${trainer.trainer}" of a worker on ${trainer.queue}${needsOf(trainer)}, within ${seconds}; ` +
        `${after}.`,
    `Process: ${sayModelProcess(trainer.serving ?? {})}.`,
  ];
}

function needsOf({ tag, memoryGb }: WorkerSpec): string {
  const needs = [...(tag === undefined ? [] : [tag]), ...(memoryGb === undefined ? [] : [`${memoryGb} GB`])];
  return needs.length === 0 ? '' : ` (${needs.join(', ')})`;
}
