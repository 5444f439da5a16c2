import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EraseDependencies } from '../../activities/erase/part.ts';
import { stepIn } from '../../activities/erase/erase-step.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { putErasure, readErasure, type Erasure } from '../../src/db/erasure/erasures.ts';
import { putExclusion } from '../../src/db/erasure/exclusions.ts';
import type { ErasePlace, ErasureScope } from '../../src/domain/record/erasure/erasure.ts';

export interface ErasureAsk {
  readonly scope?: ErasureScope;
  readonly name?: string;
  readonly entity: string;
  readonly column?: string;
  readonly names?: readonly { readonly model: string; readonly entityHash: string }[];
  readonly isDryRun?: boolean;
}

/** Writes an erasure down as the command does, without its permission and audit. */
export async function askErasure(deps: Pick<EraseDependencies, 'database'>, ask: ErasureAsk): Promise<string> {
  const { scope = 'model', name = 'fraud', entity, column, names = [], isDryRun = false } = ask;
  const erasureId = randomUUID();
  const row = {
    erasureId,
    scope,
    name,
    keyColumn: column ?? null,
    entity: 'hash',
    isDryRun,
    actor: 'ana',
    reason: 'r',
  };
  await withTransaction(deps.database, async (tx) => {
    await putErasure(tx, row, { entity, names });
    if (!isDryRun) await putExclusion(tx, { erasureId, owner: name, entity });
  });
  return erasureId;
}

/**
 * Takes an erasure from step to step to its end. `step` does one of them: a test that stops in the middle, or does
 * every step twice, gives its own.
 */
export async function runErasure(
  deps: EraseDependencies,
  erasureId: string,
  step: (one: () => Promise<ErasePlace | null>, at: ErasePlace | null) => Promise<ErasePlace | null> = (one) => one(),
): Promise<Erasure> {
  let at: ErasePlace | null = null;
  for (let steps = 0; steps < 1_000; steps++) {
    const from: ErasePlace | null = at;
    // oxlint-disable-next-line no-await-in-loop -- one step after another
    at = await step(async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'perennial-erase-'));
      try {
        return (await stepIn(deps, { erasureId, place: from }, folder, () => true)).next;
      } finally {
        await rm(folder, { recursive: true });
      }
    }, from);
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (at === null) return readErasure(deps.database.db, erasureId);
  }
  throw new Error('the erasure does not end');
}
