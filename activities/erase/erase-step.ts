import { Context } from '@temporalio/activity';
import { readErasure, subjectOf, type Erasure } from '../../src/db/erasure/erasures.ts';
import { hidingEntity } from '../../src/db/erasure/hide-entity.ts';
import { ownersFrom } from '../../src/db/erasure/owners.ts';
import { isDatabaseAway } from '../../src/db/base/connect.ts';
import { ringForUpkeep } from '../../src/db/watching/ring-for-upkeep.ts';
import { isPerennialError } from '../../src/domain/words/errors.ts';
import type { EraseInput, ErasePlace, EraseStep } from '../../src/domain/record/erasure/erasure.ts';
import { withWorkFolder } from '../work-folder.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { endNow } from './end-erasure.ts';
import { eraseLog, noteLog } from './erase-log.ts';
import { erasePushed } from './erase-pushed.ts';
import { eraseSealed, noteSealed } from './erase-sealed.ts';
import { eraseRefused, eraseSnapshots } from './erase-snapshots.ts';
import { isNowHeld, type ErasePart } from './part.ts';
import { sweepErased } from './sweep-erased.ts';
import { eraseTrainFolders } from './erase-train-folders.ts';
import { waitForOthers } from './wait-for-others.ts';

/** Longest time that one step goes on, to within one file; what is left is the next step's. */
const stepMsMax = 10_000;
/** Attempts at a step after which somebody hears of it: what passes has passed by then. */
const quietAttempts = 5;

/**
 * Of each owner, in this order: positions are written down before the rows go that they are found by, and files are
 * read by them.
 */
const parts: Readonly<Record<string, ErasePart>> = {
  'note-log': noteLog,
  'note-sealed': noteSealed,
  snapshots: eraseSnapshots,
  refused: eraseRefused,
  pushed: erasePushed,
  sealed: eraseSealed,
  log: eraseLog,
  folders: eraseTrainFolders,
};
const partNames = Object.keys(parts);

export function eraseActivities(deps: ActivityDependencies) {
  /**
   * One bounded step of an erasure; answers where the next one begins. A step that is done again finds gone what it
   * removed, and goes on. Its answer names models, snapshots and counts, and never the entity.
   */
  async function eraseStep(input: EraseInput): Promise<EraseStep> {
    return withWorkFolder({ workDir: deps.workDir, kind: 'erase', model: input.erasureId }, (workDir) =>
      stepIn(deps, input, workDir, isOverAfter(stepMsMax), Context.current().info.attempt),
    );
  }

  return { eraseStep };
}

function isOverAfter(ms: number): () => boolean {
  const endMs = performance.now() + ms;
  const { cancellationSignal } = Context.current();
  return () => performance.now() > endMs || cancellationSignal.aborted;
}

/** @testonly Outside of Temporal, for tests that stop in the middle. */
export async function stepIn(
  deps: Pick<ActivityDependencies, 'database' | 'store' | 'workDir' | 'trainDir' | 'log'>,
  { erasureId, place }: EraseInput,
  workDir: string,
  isOver: () => boolean,
  attempt = 1,
): Promise<EraseStep> {
  const { db } = deps.database;
  const erasure = await readErasure(db, erasureId);
  if (erasure.status !== 'running') return { next: null, waitMs: 0, text: 'It has ended.' };
  const entity = await subjectOf(db, erasureId);
  // A back-up does not hold whom it was about.
  if (entity === null) return endNow(deps, erasure, ['Whom it was about was lost with a restore: ask for it again.']);
  const at = place ?? beginning(1);
  if (at.part === 'wait') return waitForOthers(deps, erasure, at);
  if (at.part === 'sweep') return sweepErased(deps, erasure, at, isOver);
  if (at.part === 'end') return endNow(deps, erasure, []);
  const [owner] = await ownersFrom(db, erasure, at.owner ?? '', 1);
  if (owner === undefined) return { next: afterPass(erasure, at), waitMs: 0, text: `Pass ${at.pass} is through.` };
  const step = { deps, erasure, entity, owner, workDir, clean: new Set<string>() };
  // A place of another release is begun anew; nothing is counted twice.
  const index = Math.max(0, partNames.indexOf(at.part));
  const name = partNames[index] ?? '';
  const cursor = owner.name === at.owner && name === at.part ? at.cursor : null;
  try {
    const next = (await hidingEntity(async () => parts[name]?.(step, cursor, isOver))) ?? null;
    if (next !== null) return going({ ...at, part: name, owner: owner.name, cursor: next });
  } catch (error) {
    if (!isNowHeld(error) && !(await isPassedOver(deps, erasure, { at, owner: owner.name, error, attempt })))
      throw error;
    return afterOwner(deps, erasure, at, owner.name);
  }
  const following = partNames[index + 1];
  if (following === undefined) return afterOwner(deps, erasure, at, owner.name);
  return going({ ...at, part: following, owner: owner.name, cursor: null });
}

/**
 * Somebody hears of what does not pass by itself. The first pass goes on with the next owner: a damaged file of one
 * model keeps nothing of another. The second one meets it again, and waits for it to be mended.
 */
async function isPassedOver(
  { database: { db } }: Pick<ActivityDependencies, 'database'>,
  { isDryRun, erasureId }: Erasure,
  failed: { readonly at: ErasePlace; readonly owner: string; readonly error: unknown; readonly attempt: number },
): Promise<boolean> {
  const { at, owner, error, attempt } = failed;
  const isLasting = isPerennialError(error) && !error.retryable;
  if (isDatabaseAway(error) || !(isLasting || attempt >= quietAttempts)) return false;
  await ringForUpkeep(db, owner, `${owner} could not be erased from: erasure ${erasureId.slice(0, 8)}`, error);
  return isLasting && at.pass === 1 && !isDryRun;
}

function going(next: ErasePlace): EraseStep {
  return { next, waitMs: 0, text: `Pass ${next.pass}: ${next.part} of ${next.owner ?? 'all'}.` };
}

async function afterOwner(
  { database: { db } }: Pick<ActivityDependencies, 'database'>,
  erasure: Erasure,
  at: ErasePlace,
  owner: string,
): Promise<EraseStep> {
  const [, following] = await ownersFrom(db, erasure, owner, 2);
  if (following === undefined) return { next: afterPass(erasure, at), waitMs: 0, text: `Pass ${at.pass} is through.` };
  return going({ ...beginning(at.pass), owner: following.name });
}

function beginning(pass: number): ErasePlace {
  return { pass, part: partNames[0] ?? 'end', owner: null, cursor: null };
}

/** What others stored meanwhile is met by the second pass; a dry run counts once. */
function afterPass({ isDryRun }: Erasure, { pass }: ErasePlace): ErasePlace {
  const part = isDryRun ? 'end' : pass === 1 ? 'wait' : 'sweep';
  return { pass, part, owner: null, cursor: null };
}
