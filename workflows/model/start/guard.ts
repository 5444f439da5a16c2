import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import { workflowIds, type RolloutKey } from '../../../src/domain/words/ids.ts';
import { championChangedSignal } from '../../base/messages.ts';
import { light } from '../../base/proxies.ts';
import { signalIfRunning } from '../../base/report.ts';
import { guard } from '../../guard.ts';
import type { Entity } from '../state.ts';
import { startOnce } from './once.ts';

/** Starts the guard of a new champion, and tells the one over the champion before that it has nothing left to guard. */
export async function startGuard({ model }: Entity, { version }: RolloutKey): Promise<void> {
  const plan = await light(`guard v${version}?`).planGuard({ model, version });
  if (plan === null) return;
  await signalIfRunning(workflowIds.guard(model, plan.predecessor), championChangedSignal);
  await startOnce(() =>
    startChild(guard, {
      workflowId: workflowIds.guard(model, version),
      args: [plan],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `guard ${model} v${version} against v${plan.predecessor}`,
    }),
  );
}
