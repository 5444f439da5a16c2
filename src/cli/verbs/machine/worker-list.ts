import { workerList } from '../../../contracts/http/trainers/trainings.ts';
import { columns, shortInstant } from '../../../domain/words/columns.ts';
import { findStack } from '../../../stack/find-stack.ts';
import { request } from '../../../stack/request.ts';
import type { Call, Verb } from '../../line/verb.ts';

export const workerListVerb: Verb = {
  name: 'worker list',
  about: 'Workers of your own trainers that are there, what they do, and why a training waits.',
  words: [],
  flags: [],
  examples: ['perennial worker list'],
  run: list,
};

async function list({ config, out }: Call): Promise<void> {
  const stack = await findStack(config);
  const { workers, fits } = await request(workerList, {
    method: 'GET',
    url: `${stack.controlUrl}/v1/trainer-workers`,
    token: stack.token,
  });
  if (workers.length === 0) out.line('No worker of a trainer of your own is there.');
  else {
    const rows = workers.map((worker) => [
      worker.name,
      worker.queue,
      worker.tags.join(',') || '-',
      worker.memoryGb === null ? '-' : `${worker.memoryGb} GB`,
      `${worker.busy} of ${worker.slots}`,
      shortInstant(worker.since),
      worker.trainers.join(','),
    ]);
    const head = ['WORKER', 'QUEUE', 'TAGS', 'MEMORY', 'BUSY', 'SINCE', 'TRAINERS'];
    for (const line of columns([head, ...rows])) out.line(line);
  }
  for (const { runId, text } of fits) out.line(`${runId} ${text}.`);
  out.json({ workers, fits });
}
