import { isDatabaseAway, withTransaction } from '../../src/db/base/connect.ts';
import { joinableViews } from '../../src/db/feature-views/joinable-views.ts';
import type { OnlineKey } from '../../src/db/feature-views/online-build.ts';
import { putJoinedSnapshot, type JoinedFrom } from '../../src/db/feature-views/put-joined-snapshot.ts';
import { readViewByDigest } from '../../src/db/feature-views/read-views.ts';
import { viewLine, type LinePart } from '../../src/db/feature-views/view-line.ts';
import { newestViewSnapshot } from '../../src/db/feature-views/view-snapshots.ts';
import { snapshotsNamed } from '../../src/db/models/snapshots.ts';
import { endViewNames } from '../../src/db/retention/end-view-names.ts';
import { giveUpSuperseded } from '../../src/db/retention/give-up-superseded.ts';
import { ringForUpkeep } from '../../src/db/watching/ring-for-upkeep.ts';
import { nextEnd, type AgingPart } from '../../src/domain/view/plan-ends.ts';
import type { ViewSpec } from '../../src/domain/view/view-spec.ts';
import { nextJoin, type JoinablePart } from '../../src/domain/view/plan-joins.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { createOnceADay } from './once-a-day.ts';
import { writeJoinedSnapshot } from './write-joined-snapshot.ts';

export type JoinDependencies = Pick<ActivityDependencies, 'database' | 'store' | 'workDir'>;

/**
 * Joins small snapshots of views into larger ones, and gives up those of sources that were read whole again, until
 * `isOver`; answers whether there is more to do. A view of which that fails rings, and keeps no other from its turn.
 * Killed anywhere it goes on where it was: what was joined is found by what it was joined from.
 */
export async function joinViewSnapshots(deps: JoinDependencies, isOver: () => boolean): Promise<boolean> {
  const { db } = deps.database;
  for (let after: OnlineKey | null = null; ;) {
    // oxlint-disable no-await-in-loop -- one view at a time bounds memory and disk
    const views: readonly OnlineKey[] = await joinableViews(db, after);
    if (views.length === 0) return false;
    for (const key of views) {
      after = key;
      try {
        if (await joinOne(deps, key, isOver)) return true;
      } catch (error) {
        if (isDatabaseAway(error)) throw error;
        await ringForUpkeep(db, key.view, `snapshots of view ${key.view} could not be joined`, error);
      }
    }
    // oxlint-enable no-await-in-loop
  }
}

/** True when the time was over before it was through. */
async function joinOne(deps: JoinDependencies, key: OnlineKey, isOver: () => boolean): Promise<boolean> {
  const { database } = deps;
  const newest = await newestViewSnapshot(database.db, key.view, key.digest);
  const line = newest === null ? null : await viewLine(database.db, newest.digest);
  if (line === null) return false;
  const held = line.map(({ digest }) => digest);
  // oxlint-disable no-await-in-loop -- each join is of what the one before it has left
  while (await withTransaction(database, (tx) => giveUpSuperseded(tx, key, held))) if (isOver()) return true;
  if (await endNames(deps, key, isOver)) return true;
  let parts = line.map(joinable);
  for (let next = nextJoin(parts); next !== null; next = nextJoin(parts)) {
    if (isOver()) return true;
    const digests = next.parts.map(({ digest }) => digest);
    const of = await snapshotsNamed(database.db, digests);
    const joined = await writeJoinedSnapshot(deps, of, next);
    // Somebody else has changed one of them: what stands now is looked at by the next step.
    if (!(await putJoinedSnapshot(database, { ...joined, of }))) return true;
    const from = parts.findIndex(({ digest }) => digest === digests[0]);
    parts = parts.toSpliced(from, digests.length, {
      digest: joined.digest,
      level: next.level,
      looks: next.looks,
      rows: joined.manifest.rows + joined.manifest.quarantinedRows,
      ...endsOf(joined.manifest.files),
    });
  }
  // oxlint-enable no-await-in-loop
  return endOld(
    deps,
    key,
    parts.map(({ digest }) => digest),
    isOver,
  );
}

/** Who names snapshots stands in the manifests of all models: too much to be read at each tick. */
const namesLooks = createOnceADay();

/** True when the time was over before it was through. */
async function endNames({ database }: JoinDependencies, key: OnlineKey, isOver: () => boolean): Promise<boolean> {
  const name = `${key.view} ${key.digest}`;
  if (!namesLooks.isDue(name, Date.now())) return false;
  // oxlint-disable-next-line no-await-in-loop -- one bounded batch after the other
  while (await withTransaction(database, (tx) => endViewNames(tx, key))) if (isOver()) return true;
  namesLooks.done(name, Date.now());
  return false;
}

/**
 * Lets rows end of which the view says that they are kept no longer. True when the time was over before it was through.
 */
async function endOld(
  deps: JoinDependencies,
  { view, digest }: OnlineKey,
  line: readonly string[],
  isOver: () => boolean,
): Promise<boolean> {
  const { database } = deps;
  const { spec } = await readViewByDigest(database.db, view, digest);
  const { keepMs } = spec;
  if (keepMs === undefined) return false;
  let parts: readonly JoinedFrom[] = await snapshotsNamed(database.db, line);
  const nowMs = Date.now();
  const aging = (): readonly AgingPart[] => parts.map((part) => agingOf(part, spec));
  // oxlint-disable no-await-in-loop -- one part at a time bounds memory and disk
  for (let next = nextEnd(aging(), { keepMs, nowMs }); next !== null; next = nextEnd(aging(), { keepMs, nowMs })) {
    if (isOver()) return true;
    const { digest: old, throughMs } = next;
    const of = parts.filter((part) => part.digest === old);
    const { level = 0, looks = 1 } = of[0]?.manifest.view?.joins ?? {};
    const kept = await writeJoinedSnapshot(deps, of, { level, looks }, { view: spec, throughMs });
    if (!(await putJoinedSnapshot(database, { ...kept, of }))) return true;
    parts = parts.map((part) => (part.digest === old ? kept : part));
  }
  // oxlint-enable no-await-in-loop
  return false;
}

function agingOf({ digest, manifest }: JoinedFrom, { eventTime }: ViewSpec): AgingPart {
  const { rows, profile, view } = manifest;
  const oldestMs = profile.find(({ name }) => name === eventTime.column)?.min ?? null;
  return { digest, rows, oldestMs, endedMs: view?.endedMs ?? null };
}

function joinable({ digest, files, view, rows }: LinePart): JoinablePart {
  const { level = 0, looks = 1 } = view.joins ?? {};
  return { digest, level, looks, rows, ...endsOf(files) };
}

function endsOf(files: LinePart['files']): Pick<JoinablePart, 'orderMin' | 'orderMax'> {
  return {
    orderMin: Math.min(...files.map(({ orderMin }) => orderMin)),
    orderMax: Math.max(...files.map(({ orderMax }) => orderMax)),
  };
}
