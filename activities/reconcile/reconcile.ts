import { Context } from '@temporalio/activity';
import { workflowRunKinds } from '../../src/domain/record/closed-sets.ts';
import { modelNamesAfter } from '../../src/db/models/specs.ts';
import { runningPage } from '../../src/db/runs/running-page.ts';
import { closeAlertsOfEnded } from '../../src/db/watching/alerts.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { tellProgress } from '../heartbeat.ts';
import { ensureEntity, runningEntities } from './entities.ts';
import { isLost, markLost, startUnstarted } from './lost-runs.ts';
import { startErasures } from './start-erasures.ts';
import { sayAgain } from './say-again.ts';

const modelsPerPage = 500;
const runsPerPage = 100;
/** A run that was stored a moment ago has seldom been started yet: Temporal is not asked about it. */
const graceMs = 60_000;
/** Runs that Temporal is asked about at once. */
const askedAtOnce = 10;

/** How far it has come: its next attempt goes on behind it. */
interface Place {
  readonly part: 'entities' | 'runs';
  readonly after: string;
  readonly entities: number;
  readonly lost: number;
}

/** Postgres says what should run; whatever of it Temporal does not know is started again or marked lost. */
export function reconcileActivities(deps: ActivityDependencies) {
  const { database, client } = deps;
  const { db } = database;

  /** Goes over all models and all runs under way, page after page by their keys, and says again what was not heard. */
  async function reconcile(): Promise<{ readonly entities: number; readonly lost: number }> {
    const done = await reconcileRuns(await reconcileEntities(placeOf(Context.current().info.heartbeatDetails)));
    await startErasures(database.db, client);
    await sayAgain(deps);
    await closeAlertsOfEnded(db, 'queue-unserved');
    return { entities: done.entities, lost: done.lost };
  }

  async function reconcileEntities(from: Place): Promise<Place> {
    if (from.part !== 'entities') return from;
    let place = reached(from);
    const running = await runningEntities(client, () => reached(place));
    for (;;) {
      const names = await modelNamesAfter(db, place.after, modelsPerPage);
      const last = names.at(-1);
      if (last === undefined) return reached({ ...place, part: 'runs', after: '' });
      for (const name of names.filter((known) => !running.has(known))) {
        const entities = place.entities + ((await ensureEntity(client, name)) ? 1 : 0);
        place = reached({ ...place, after: name, entities });
      }
      place = reached({ ...place, after: last });
    }
  }

  async function reconcileRuns(from: Place): Promise<Place> {
    let place = from;
    for (;;) {
      const runs = await runningPage(db, workflowRunKinds, { after: place.after, limit: runsPerPage, graceMs });
      const last = runs.at(-1);
      if (last === undefined) return place;
      for (let start = 0; start < runs.length; start += askedAtOnce) {
        const asked = runs.slice(start, start + askedAtOnce);
        const lost = await Promise.all(asked.map((run) => isLost(client, run)));
        const gone = asked.filter((_, i) => lost[i] === true);
        let lostNow = 0;
        for (const run of gone) {
          if (await startUnstarted(client, run)) continue;
          await markLost(database, run);
          lostNow += 1;
        }
        place = reached({ ...place, after: asked.at(-1)?.runId ?? place.after, lost: place.lost + lostNow });
      }
    }
  }

  return { reconcile };
}

function reached(place: Place): Place {
  tellProgress(place);
  return place;
}

/** Written by an earlier attempt, which another release may have been. */
function placeOf(details: unknown): Place {
  const given = (typeof details === 'object' && details !== null ? details : {}) as Partial<Place>;
  const isKnown = (given.part === 'entities' || given.part === 'runs') && typeof given.after === 'string';
  return {
    part: isKnown && given.part !== undefined ? given.part : 'entities',
    after: isKnown && given.after !== undefined ? given.after : '',
    entities: Number(given.entities ?? 0),
    lost: Number(given.lost ?? 0),
  };
}
