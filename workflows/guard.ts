import { condition, continueAsNew, patched, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { taskQueues, workflowIds } from '../src/domain/words/ids.ts';
import type { GuardInput } from '../src/domain/record/runs.ts';
import { championChangedSignal, guardAsksSignal } from './base/messages.ts';
import { modelPage, versionPage } from './base/pages.ts';
import { guarding, light } from './base/proxies.ts';
import { signalIfRunning } from './base/report.ts';
import { isTimeToContinue, showFacets } from './base/search-attributes.ts';

/**
 * Stays with a new champion until enough labels have matured or it is no longer champion: re-scores it against its
 * predecessor on the same requests, and proposes (or asks for) a roll-back when it is proven worse.
 */
export async function guard(input: GuardInput): Promise<void> {
  let isSuperseded = false;
  setHandler(
    championChangedSignal,
    () => {
      isSuperseded = true;
    },
    { description: 'Sent by the platform when another version is champion: there is nothing left to guard.' },
  );
  showFacets({ model: input.model, version: input.version, stage: 'guard' });
  while (!isSuperseded) {
    tell(input, `on watch since it is champion, against its predecessor v${input.predecessor}`, whileOnWatch(input));
    const queue = patched('guard-queue') ? taskQueues.guard : taskQueues.cpu;
    const look = await guarding('re-score against the predecessor', queue).guardLook(input);
    if (look.verdict === 'worse') await raiseAlarm(input, look.text, look.evidenceId);
    if (look.verdict !== 'wait') {
      showFacets({ verdict: look.verdict });
      tell(input, look.verdict, look.verdict === 'worse' ? `${look.text}\n\n${wayBack(input)}` : look.text);
      return;
    }
    await condition(() => isSuperseded, input.pollMs, { summary: 'next look at the labels, or another champion' });
    if (isTimeToContinue()) await continueAsNew<typeof guard>(input);
  }
  showFacets({ verdict: 'superseded' });
}

/** Asks the entity, which alone moves the champion; should the signal be lost, the alert still names the command. */
async function raiseAlarm(input: GuardInput, text: string, evidenceId: number | null): Promise<void> {
  await light('raise the alarm').proposeRollback({ ...input, text, evidenceId });
  if (input.action !== 'roll-back') return;
  const { model, version, predecessor } = input;
  await signalIfRunning(workflowIds.model(model), guardAsksSignal, { version, predecessor, reason: text });
}

function tell({ model, version, predecessor }: GuardInput, state: string, text: string): void {
  setCurrentDetails(
    `**${model} v${version}**: ${state}\n\n${text}\n\n${modelPage(model)} · ${versionPage(model, version)} · ` +
      versionPage(model, predecessor),
  );
}

function whileOnWatch({ model, version, predecessor, action }: GuardInput): string {
  const then = action === 'roll-back' ? 'is rolled back' : 'rings an alert that proposes the roll-back';
  return (
    `It waits until enough labels of its own answers are known. Proven worse, it ${then}.\n\nAn operator need do ` +
    `nothing, and may go back at any time: \`${commandOf(model, version, predecessor)}\`.`
  );
}

function wayBack({ model, version, predecessor }: GuardInput): string {
  return `An operator may go back: \`${commandOf(model, version, predecessor)}\`.`;
}

/** Back to an older one, or, where a person had gone back, to the newer one again. */
function commandOf(model: string, version: number, predecessor: number): string {
  const verb = predecessor < version ? 'rollback' : 'promote';
  return `perennial ${verb} ${model} --to ${predecessor} --reason …`;
}
