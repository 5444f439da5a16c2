import { findFit } from '../../../src/db/trainers/fits.ts';
import { workersThere } from '../../../src/db/trainers/workers.ts';
import { closeAlerts, openAlert } from '../../../src/db/watching/alerts.ts';
import { mayFit } from '../../../src/domain/training/workers/trainer-queue.ts';
import { sayWaiting } from '../../../src/domain/training/workers/say-waiting.ts';
import { cut, printable } from '../../../src/domain/words/cut.ts';
import type { ActivityDependencies } from '../../dependencies.ts';

/** Temporal's number of a pending activity that a worker has taken. */
const startedState = 2;

export function checkWorkersActivities({ database, client }: ActivityDependencies) {
  const { db } = database;

  /**
   * How a fit at a worker stands, in a sentence. While nobody is there who might ever take it, an alert says so; it is
   * over as soon as somebody is.
   */
  async function checkWorkers(input: { readonly model: string; readonly runId: string }): Promise<{
    readonly text: string;
  }> {
    const { model, runId } = input;
    const taken = await takenBy(runId);
    if (taken !== null) {
      await closeAlerts(db, model, ['queue-unserved'], { about: { of: 'run', runId } });
      return { text: `is fitted by ${cut(printable(taken), 120)}` };
    }
    const found = await findFit(db, runId);
    if (found === null) return { text: 'shares no files' };
    const { queue, trainer, tag, memoryGb } = found.fit;
    const fit = {
      runId,
      queue,
      trainer,
      ...(tag === null ? {} : { tag }),
      ...(memoryGb === null ? {} : { memoryGb }),
    };
    const workers = await workersThere(db, queue);
    const text = sayWaiting(fit, workers);
    if (workers.some((worker) => mayFit(worker, fit) && worker.trainers.includes(trainer)))
      await closeAlerts(db, model, ['queue-unserved'], { about: { of: 'run', runId } });
    else
      await openAlert(db, {
        model,
        kind: 'queue-unserved',
        subject: { of: 'run', runId },
        severity: 'warning',
        title: `Nobody is there to fit ${model}`,
        body: `${runId} ${text}. Start one: docs/trainer-workers.md says how.`,
        webhooks: [],
      });
    return { text };
  }

  /** What the worker calls itself that has the fit in hand; null while none has. */
  async function takenBy(runId: string): Promise<string | null> {
    const { raw } = await client.workflow.getHandle(runId).describe();
    const fit = (raw.pendingActivities ?? []).find(({ activityType }) => activityType?.name === 'fitExternal');
    return fit?.state === startedState ? (fit.lastWorkerIdentity ?? 'a worker') : null;
  }

  return { checkWorkers };
}
