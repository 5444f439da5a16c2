import {
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import { workflowIds } from '../src/domain/words/ids.ts';
import type { GuardInput } from '../src/domain/record/runs.ts';
import { championChangedSignal, guardAsksSignal } from './messages.ts';
import { modelPage, versionPage } from './pages.ts';
import { heavy, light } from './proxies.ts';
import { isTimeToContinue, showFacets } from './search-attributes.ts';

/**
 * Stays with a promoted version until enough labels have matured or it is no longer champion: re-scores it against its
 * predecessor on the same requests, and proposes (or asks for) a roll-back when it is proven worse.
 */
export async function guard(input: GuardInput): Promise<void> {
  let superseded = false;
  setHandler(
    championChangedSignal,
    () => {
      superseded = true;
    },
    { description: 'Sent by the platform when another version is champion: there is nothing left to guard.' },
  );
  showFacets({ model: input.model, version: input.version, stage: 'guard' });
  while (!superseded) {
    tell(
      `on watch since the promotion, against its predecessor v${input.predecessor}`,
      `It waits until enough labels of its own answers are known. Proven worse, it ` +
        `${input.action === 'roll-back' ? 'is rolled back' : 'rings an alert that proposes the roll-back'}.\n\nAn ` +
        `operator need do nothing, and may roll back at any time: \`perennial rollback ${input.model} --to ` +
        `${input.predecessor} --reason …\`.`,
    );
    const look = await heavy('re-score against the predecessor').guardLook(input);
    if (look.verdict === 'worse') {
      await light('raise the alarm').proposeRollback({ ...input, text: look.text, evidenceId: look.evidenceId });
      if (input.action === 'roll-back') await askForRollback(look.text);
    }
    if (look.verdict !== 'wait') {
      showFacets({ verdict: look.verdict });
      tell(
        look.verdict,
        look.verdict === 'worse'
          ? `${look.text}\n\nAn operator may go back: \`perennial rollback ${input.model} --to ${input.predecessor} ` +
              `--reason …\`.`
          : look.text,
      );
      return;
    }
    await condition(() => superseded, input.pollMs, { summary: 'next look at the labels, or another champion' });
    if (isTimeToContinue()) await continueAsNew<typeof guard>(input);
  }
  showFacets({ verdict: 'superseded' });

  function tell(state: string, text: string): void {
    setCurrentDetails(
      `**${input.model} v${input.version}**: ${state}\n\n${text}\n\n${modelPage(input.model)} · ` +
        `${versionPage(input.model, input.version)} · ${versionPage(input.model, input.predecessor)}`,
    );
  }

  /** Only the entity moves the champion. A lost signal leaves the alert, which names the command. */
  async function askForRollback(reason: string): Promise<void> {
    await getExternalWorkflowHandle(workflowIds.model(input.model))
      .signal(guardAsksSignal, { version: input.version, predecessor: input.predecessor, reason })
      .catch(() => undefined);
  }
}
