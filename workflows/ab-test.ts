import {
  CancellationScope,
  ContinueAsNew,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
} from '@temporalio/workflow';
import type { AbTestInput, AbTestOutcome } from '../src/domain/record/runs.ts';
import { cut } from '../src/domain/words/cut.ts';
import { charsMax } from '../src/domain/words/limits.ts';
import { abTestPage, modelPage } from './base/pages.ts';
import { light, waiting, watching } from './base/proxies.ts';
import { isTimeToContinue, showFacets } from './base/search-attributes.ts';

/**
 * Stays with an A/B test from its begin to its end: gives it its share once every process knows its arms, keeps the
 * share, and looks. What is found, and whatever a person says, ends it in Postgres; this learns of it there. It
 * promotes
 * nothing.
 */
export async function abTest(input: AbTestInput): Promise<void> {
  const { model, number } = input;
  const key = { model, number };
  showFacets({ model, stage: 'ab-test' });
  try {
    for (let hasBegun = false; ;) {
      tell(input, hasBegun ? 'runs' : 'begins', hasBegun ? running : 'Every serving process must know its arms first.');
      const now: AbTestOutcome = hasBegun
        ? await waiting('look at the A/B test').watchAbTest(key)
        : await watching('known by every process?').beginAbTest(key);
      if (now.outcome === 'ended') {
        showFacets({ stage: 'done' });
        tell(input, 'has ended', now.reason);
        return;
      }
      hasBegun ||= now.outcome === 'begun';
      if (isTimeToContinue()) await continueAsNew<typeof abTest>(input);
    }
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    await giveUp(input, error);
    throw error;
  }
}

/** Compensation: whatever happened, and even when it was cancelled, no share stays behind. */
function giveUp({ model, number }: AbTestInput, error: unknown): Promise<void> {
  return CancellationScope.nonCancellable(async () => {
    const reason = isCancellation(error)
      ? 'cancelled through Temporal'
      : `the A/B test failed: ${error instanceof Error ? error.message : String(error)}`;
    await light('give its share back').giveUpAbTest({ model, number, reason: cut(reason, charsMax.failure) });
  });
}

const running =
  'Its arms answer their entities until one is proven better, none matters, or its time is over. Nothing is promoted ' +
  'by it.';

function tell({ model, number }: AbTestInput, state: string, text: string): void {
  setCurrentDetails(
    `**A/B test ${number} of ${model}** ${state}\n\n${text}\n\nAn operator need do nothing, and may end it at any ` +
      `time: \`perennial ab-test stop ${model} --reason …\`.\n\n${modelPage(model)} · ${abTestPage(model, number)}`,
  );
}
