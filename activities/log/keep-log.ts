import { nextStretch } from '../../src/db/traffic/seal/next-stretch.ts';
import {
  dropLogPart,
  forgetLogIds,
  freezeLogPart,
  openLogParts,
  partToSeal,
  type SealingPlan,
} from '../../src/db/traffic/seal/parts.ts';
import { ringForUpkeep } from '../../src/db/watching/ring-for-upkeep.ts';
import { isPerennialError } from '../../src/domain/words/errors.ts';
import { joinLateLabels } from './join-late-labels.ts';
import { sealStretch, type SealDependencies } from './seal-stretch.ts';

export interface KeptLog {
  /** What this step did, for people. */
  readonly text: string;
  /** Whether there is more to do now. */
  readonly more: boolean;
}

/**
 * Keeps the log: parts ahead, ledgers behind the horizon, and old parts into the artifact store. Each step does one
 * bounded thing and finds by the state of the database what that is, so a step that is killed or done twice loses
 * nothing and does nothing twice.
 */
export async function keepLogStep(deps: SealDependencies, plan: SealingPlan): Promise<KeptLog> {
  const { database } = deps;
  await openLogParts(database, plan);
  await forgetLogIds(database, plan);
  const part = await partToSeal(database, plan);
  if (part === null) return { text: 'Nothing is old enough to be sealed.', more: false };
  await joinLateLabels(deps, part);
  await freezeLogPart(database, part);
  const stretch = await nextStretch(database, part);
  if (stretch === null) {
    await dropLogPart(database, part);
    return { text: `Part ${part} stands in sealed files alone.`, more: true };
  }
  const { kind, model, firstPlace, lastPlace } = stretch;
  try {
    await sealStretch(deps, stretch);
  } catch (error) {
    // A file that differs goes on to differ, and no later part is sealed before this one.
    if (isPerennialError(error) && !error.retryable)
      await ringForUpkeep(database.db, model, `${kind} of ${model} could not be sealed`, error);
    throw error;
  }
  return { text: `Sealed ${kind} ${firstPlace} to ${lastPlace} of ${model}.`, more: true };
}
