import { condition, continueAsNew, getExternalWorkflowHandle, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { workflowIds } from '../src/domain/ids.ts';
import type { GuardInput } from '../src/domain/runs.ts';
import { championChangedSignal, guardAsksSignal } from './messages.ts';
import { heavy, light } from './proxies.ts';
import { isTimeToContinue, showFacets } from './search-attributes.ts';

/**
 * Stays with a promoted version until enough labels have matured or it is no longer champion: re-scores it against its
 * predecessor on the same requests, and proposes (or asks for) a roll-back when it is proven worse.
 */
export async function guard(input: GuardInput): Promise<void> {
  let superseded = false;
  setHandler(championChangedSignal, () => {
    superseded = true;
  });
  showFacets({ model: input.model, version: input.version, stage: 'guard' });
  while (!superseded) {
    setCurrentDetails(`Watching **${input.model} v${input.version}** against its predecessor v${input.predecessor} on matured labels.`);
    const look = await heavy('re-score against the predecessor').guardLook(input);
    if (look.verdict === 'worse') {
      await light('raise the alarm').proposeRollback({ ...input, text: look.text, evidenceId: look.evidenceId });
      if (input.action === 'roll-back') await askForRollback(look.text);
    }
    if (look.verdict !== 'wait') {
      showFacets({ verdict: look.verdict });
      setCurrentDetails(`**${look.verdict}**: ${look.text}`);
      return;
    }
    await condition(() => superseded, input.pollMs);
    if (isTimeToContinue()) await continueAsNew<typeof guard>(input);
  }
  showFacets({ verdict: 'superseded' });

  /** Only the entity moves the champion. A lost signal leaves the alert, which names the command. */
  async function askForRollback(reason: string): Promise<void> {
    await getExternalWorkflowHandle(workflowIds.model(input.model))
      .signal(guardAsksSignal, { version: input.version, predecessor: input.predecessor, reason })
      .catch(() => undefined);
  }
}
