import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import { workflowIds, type RolloutKey } from '../../../src/domain/words/ids.ts';
import { championChangedSignal } from '../../base/messages.ts';
import { light } from '../../base/proxies.ts';
import { signalIfRunning } from '../../base/report.ts';
import { guard } from '../../guard.ts';
import type { Entity } from '../state.ts';
import { startOnce } from './once.ts';

/** Which version is champion now: by a rollout, or since a routing revision by the word of a person. */
type NewChampion = Pick<RolloutKey, 'version' | 'attempt'> | { readonly version: number; readonly moved: number };

/** Starts the guard of a new champion, and tells those over other champions that they have nothing left to guard. */
export async function startGuard({ model }: Entity, champion: NewChampion): Promise<void> {
  const { version } = champion;
  const planned = await light(`guard v${version}?`).planGuard({ ...champion, model });
  if (planned === null) return;
  const { superseded = [workflowIds.guard(model, planned.predecessor)], ...plan } = planned;
  for (const workflowId of superseded) await signalIfRunning(workflowId, championChangedSignal);
  await startOnce(() =>
    startChild(guard, {
      workflowId: workflowIds.guard(model, version, plan.moved),
      args: [plan],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `guard ${model} v${version} against v${plan.predecessor}`,
    }),
  );
}
