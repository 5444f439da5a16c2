import { setCurrentDetails } from '@temporalio/workflow';
import type { TrainInput } from '../../src/domain/record/runs.ts';
import { modelPage, runPage } from './pages.ts';

/** Says in the Temporal Web UI how a training stands. */
export function tellTraining(input: TrainInput, text: string): void {
  setCurrentDetails(
    `**${input.model}** training ${input.number} (${input.trigger})\n\n${text}\n\nAn operator may cancel this run: ` +
      `the training stops, and the champion stays.\n\n${runPage(input.runId)} · ${modelPage(input.model)}`,
  );
}
