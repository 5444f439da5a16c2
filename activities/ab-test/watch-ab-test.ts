import type { AbTestOutcome } from '../../src/domain/record/runs.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { findAbTest, type AbTestKey } from '../../src/db/routing/ab-tests.ts';
import { streamOf } from '../../src/db/routing/stream.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { attendAbTest } from './attend-ab-test.ts';
import { lookAtAbTest } from './look-at-ab-test.ts';

/** How long one activity stays with a test, which may last for months: one an hour keeps the history short. */
const stayMsMax = 3_600_000;

export function watchAbTestActivities({ database, bell }: ActivityDependencies) {
  const { db } = database;

  /** Keeps the share of a test and looks at it every `lookMs`, where something has come or its time is over. */
  async function watchAbTest(key: AbTestKey): Promise<AbTestOutcome> {
    const first = await findAbTest(db, key);
    if (first === null) return { outcome: 'ended', reason: 'it does not exist' };
    const { spec } = await readSpecRevision(db, key.model, first.specRevision);
    const { lookMs } = first.declared;
    const ear = bell.ear(key.model, lookMs);
    const deadlineMs = Date.now() + stayMsMax;
    let seen = '';
    let lookedMs = 0;
    try {
      while (Date.now() < deadlineMs) {
        const row = await findAbTest(db, key);
        if (row === null || row.endedAt !== null) return { outcome: 'ended', reason: row?.reason ?? 'it is gone' };
        const { lastSeq, labels } = await streamOf(db, key.model);
        const now = `${lastSeq}/${labels}`;
        const isDeadline = row.deadlineAt.getTime() <= Date.now();
        if (isDeadline || (now !== seen && Date.now() - lookedMs >= lookMs)) {
          const isOver = await lookAtAbTest(database, key, spec, lastSeq);
          [seen, lookedMs] = [now, Date.now()];
          if (isOver) continue;
        }
        await attendAbTest(db, key, spec.rollout.leaseMs, Math.min(lookMs, 2_000, spec.rollout.leaseMs / 4), ear);
      }
      return { outcome: 'still', reason: 'it runs' };
    } finally {
      ear.close();
    }
  }

  return { watchAbTest };
}
