import { setCurrentDetails } from '@temporalio/workflow';
import { modelPage, pageLink, runPage } from '../base/pages.ts';
import type { Entity } from './state.ts';

/** Shows in the Temporal Web UI what is under way and what an operator may do. */
export function describe({ model, awaited, pausedBy }: Entity): void {
  const runs = [...awaited].map((runId) => `- \`${runId}\` ${runPage(runId)}`).join('\n');
  setCurrentDetails(
    [
      `**${model}** ${pausedBy === null ? 'decides by itself' : `is paused by ${pausedBy}`}`,
      runs === '' ? 'No training or rollout is under way.' : `Under way:\n${runs}`,
      `Why it was (not) retrained: ${pageLink('decisions', `/models/${model}`)}, or \`perennial history ${model}\`.`,
      `An operator may, each with \`--reason …\`: \`perennial retrain ${model}\`, \`rollback\`, \`pause\`, ` +
        `\`resume\`, \`freeze\`, \`kill\`. From here the Updates \`pause\` and \`rollback\` are taken; they are ` +
        `written down as unauthenticated.`,
      modelPage(model),
    ].join('\n\n'),
  );
}
