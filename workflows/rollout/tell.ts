import { setCurrentDetails } from '@temporalio/workflow';
import { modelPage, rolloutPage, versionPage } from '../base/pages.ts';
import type { RolloutState } from './state.ts';

/** Shows in the Temporal Web UI where the rollout stands and what an operator may do. */
export function tell({ input }: RolloutState, stage: string, text: string): void {
  const { model, version, attempt } = input.key;
  setCurrentDetails(
    [
      `**${model} v${version}**: ${stage}`,
      text,
      `An operator may promote it (\`perennial approve ${model} --reason …\`) or take it out (\`perennial abort ` +
        `${model} --reason …\`, or the Update \`abort\` from here). An approval needs an authorised command, so ` +
        `not from here.`,
      `${rolloutPage(model, version, attempt)} · ${versionPage(model, version)} · ${modelPage(model)}`,
    ].join('\n\n'),
  );
}
