import { withTransaction } from '../../src/db/base/connect.ts';
import { beginAbTest as markBegun, findAbTest, routeAbTest, type AbTestKey } from '../../src/db/routing/ab-tests.ts';
import { freezeOf, sayFreeze } from '../../src/db/routing/freezes.ts';
import { isAcknowledged, lockRouting } from '../../src/db/routing/routing.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import type { AbTestOutcome } from '../../src/domain/record/runs.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { attendAbTest } from './attend-ab-test.ts';

/** An activity that waits returns within this, so that a stuck one is seen as stuck. */
const stayMsMax = 60_000;
/** News comes at once; this finds what nobody told, as a lease that ran out. */
const ackPollMs = 100;
const frozenPollMs = 500;

export function beginAbTestActivities({ database, bell }: ActivityDependencies) {
  const { db } = database;

  /** Gives the test its share, then waits until every live process knows its arms; rows count from there on. */
  async function beginAbTest(key: AbTestKey): Promise<AbTestOutcome> {
    const row = await findAbTest(db, key);
    if (row === null || row.endedAt !== null) return { outcome: 'ended', reason: row?.reason ?? 'it does not exist' };
    if (row.status === 'running') return { outcome: 'begun' };
    const { spec } = await readSpecRevision(db, key.model, row.specRevision);
    const ear = bell.ear(key.model, ackPollMs);
    const deadlineMs = Math.min(Date.now() + stayMsMax, row.deadlineAt.getTime());
    let reason = 'it waits to begin';
    try {
      while (Date.now() < deadlineMs) {
        const routed = await route(key, spec.rollout.leaseMs);
        if (routed.state === 'gone') return { outcome: 'ended', reason: routed.reason };
        if (routed.state === 'frozen') reason = routed.reason;
        else if (await isAcknowledged(db, key.model, routed.revision)) {
          await withTransaction(database, (tx) => markBegun(tx, key));
          return { outcome: 'begun' };
        } else reason = `not every inference process has acknowledged routing revision ${routed.revision}`;
        const waitMs = routed.state === 'frozen' ? frozenPollMs : ackPollMs;
        await attendAbTest(db, key, spec.rollout.leaseMs, waitMs, ear);
      }
      return { outcome: 'still', reason };
    } finally {
      ear.close();
    }
  }

  async function route(key: AbTestKey, leaseMs: number) {
    return withTransaction(database, async (tx) => {
      const { abTest } = await lockRouting(tx, key.model);
      const frozen = abTest?.number === key.number ? null : await freezeOf(tx, key.model);
      if (frozen !== null) return { state: 'frozen' as const, reason: sayFreeze(frozen) };
      return routeAbTest(tx, key, leaseMs);
    });
  }

  return { beginAbTest };
}
