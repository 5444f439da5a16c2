import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import { workflowIds } from '../../../src/domain/words/ids.ts';
import { light } from '../../base/proxies.ts';
import { rollout } from '../../rollout/rollout.ts';
import type { Entity } from '../state.ts';
import { startOnce } from './once.ts';

/** Starts a rollout, whose row was written together with the version; `cause` is the run that made both. */
export async function startRollout(
  { model, awaited }: Entity,
  { version, attempt = 1 }: { readonly version: number; readonly attempt?: number },
  cause: string,
): Promise<void> {
  const opened = await light(`open the rollout of v${version}`).openRollout({ model, version, attempt, cause });
  if (opened === null) return;
  const runId = workflowIds.rollout(model, version, attempt);
  awaited.add(runId);
  await startOnce(() =>
    startChild(rollout, {
      workflowId: runId,
      args: [opened],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `roll out ${model} v${version}`,
    }),
  );
}
