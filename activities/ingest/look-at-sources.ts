import { readCurrentSpec } from '../../src/db/models/specs.ts';
import {
  dueTriggerLooks,
  noteSourceFailure,
  noteSourceRead,
  type TriggerLook,
} from '../../src/db/watching/trigger-looks.ts';
import { noteMembersFound } from '../../src/db/models/source-members.ts';
import { newestHistoryOf } from '../../src/db/models/snapshots.ts';
import { closeAlerts, openAlert } from '../../src/db/watching/alerts.ts';
import { isCheapToName, membersOf, type SourceSpec } from '../../src/domain/spec/source-spec.ts';
import { cursorOf } from '../../src/domain/training/snapshot.ts';
import { cut } from '../../src/domain/words/cut.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { messageOf } from '../../src/domain/words/reason-of.ts';
import type { Cursor, SourceIdentity } from '../../src/sources/port.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { tellFindings } from './tell-findings.ts';
import { tellFreshness, type Freshness } from './tell-freshness.ts';

/** More wait for the next tick, or the next batch of this one. */
const batchMax = 20;
/** No other source is begun after this; the next batch goes on. */
const batchMsMax = 60_000;
/** A source that takes longer to be named is let go, and counts as one that cannot be read. */
const readMsMax = 300_000;
const lookMs = { first: 300_000, max: 6 * 3_600_000 } as const;
/** To name a file it is read whole: at most a twentieth of the time is spent on it. */
const pausePerRead = 20;
const problemCharsMax = 500;
/** A view of it that cannot be read is told of by itself. */
const ofSource = { about: { of: 'source' } } as const;
/** For half an hour nobody could read it: by itself it may not come back. */
const failuresToRing = 3;

export function lookAtSourcesActivities(deps: Pick<ActivityDependencies, 'database' | 'connectSource' | 'log'>) {
  const { database, connectSource, log } = deps;
  const { db } = database;

  /**
   * Reads what sources hold now, where that costs little or a change starts a training: every five minutes, or as much
   * more seldom as a source is large; one that fails ever more seldom, up to six hours. One by one, so that no source
   * that cannot be read keeps another from being read.
   */
  async function lookAtSources(): Promise<{ readonly read: number; readonly more: boolean }> {
    const endsAtMs = Date.now() + batchMsMax;
    const looks = await dueTriggerLooks(db, 'read', batchMax);
    let read = 0;
    for (const look of looks) {
      if (Date.now() > endsAtMs) break;
      await lookAt(look);
      read++;
    }
    return { read, more: looks.length === batchMax || read < looks.length };
  }

  async function lookAt(look: TriggerLook): Promise<void> {
    const { model } = look;
    const startMs = performance.now();
    try {
      const { spec, revision } = await readCurrentSpec(db, model);
      const newest = await newestHistoryOf(db, model, revision);
      const from = newest === null ? null : cursorOf(newest.manifest);
      const { identity, lag } = await inTime(foundIn(spec.source, model, from));
      await tellFindings(db, spec, identity);
      const stand = await noteMembers(spec, revision, identity);
      const againMs = Math.max(lookMs.first, pausePerRead * (performance.now() - startMs));
      const isTrigger = spec.retrain.onSourceChange === true;
      // Before its failures are forgotten, and whatever is known of them: another definition forgets them as well.
      if (identity.members === undefined) await closeAlerts(db, model, ['source-unreadable'], ofSource);
      const unchangedMs = await noteSourceRead(db, look, { digest: identity.digest, lag, againMs, isTrigger });
      await tell(spec, { unchangedMs, stale: lag?.stale, found: identity.members, stand });
    } catch (error) {
      const failures = look.failures + 1;
      const problem = cut(messageOf(error), problemCharsMax);
      log.warn({ model, failures, problem }, 'a source could not be read');
      const againMs = Math.min(lookMs.max, lookMs.first * 2 ** Math.min(failures, 10));
      const unchangedMs = await noteSourceFailure(db, look, { failures, problem, againMs });
      await ring(model, { failures, problem, unchangedMs });
    }
  }

  /** One model's alert that cannot be stored keeps no other source from being read. */
  async function tell(spec: ModelSpec, found: Freshness): Promise<void> {
    await tellFreshness(db, spec, found).catch((error: unknown) =>
      log.error({ model: spec.name, err: error }, 'an alert about a source could not be stored'),
    );
  }

  /** Of a union: how each source stands. One that stays unreadable rings by its name. */
  async function noteMembers(spec: ModelSpec, specRevision: number, { members }: SourceIdentity) {
    if (members === undefined) return [];
    const { name: model } = spec;
    const declared = new Map(membersOf(spec.source).map(([name, { freshMs }]) => [name, freshMs]));
    const found = members.map((member) => ({ ...member, freshMs: declared.get(member.name) }));
    const stand = await noteMembersFound(db, { model, specRevision }, found);
    const lost = stand.filter(({ failures }) => failures >= failuresToRing);
    if (lost.length === 0) await closeAlerts(db, model, ['source-unreadable'], ofSource);
    else
      await openAlert(db, {
        model,
        kind: 'source-unreadable',
        subject: { of: 'source' },
        severity: 'warning',
        title: `${model}: ${lost.map(({ member }) => member).join(' and ')} of its sources cannot be read`,
        body:
          `${lost.map(({ member, problem }) => `${member}: ${problem ?? ''}`).join(' ')} ` +
          'The others are read without it.',
        webhooks: spec.watch.webhooks,
      });
    return stand;
  }

  /** What it holds, and how much of that is unread where the answer costs no reading of everything. */
  async function foundIn(spec: SourceSpec, model: string, from: Cursor | null) {
    const source = connectSource(spec, model);
    const identity = await source.identify(from);
    const isCounted = identity.lag !== undefined || identity.members !== undefined || !isCheapToName(spec);
    return { identity, lag: isCounted ? (identity.lag ?? null) : await source.lag(from) };
  }

  /** One model's alert that cannot be stored keeps no other source from being read. */
  async function ring(
    model: string,
    found: { readonly failures: number; readonly problem: string; readonly unchangedMs: number | null },
  ): Promise<void> {
    const { failures, problem, unchangedMs } = found;
    try {
      const { spec } = await readCurrentSpec(db, model);
      // What cannot be read brings nothing either; how old its newest row is, nobody can say.
      if (isOver(spec.source.freshMs, unchangedMs))
        await tell(spec, { unchangedMs, stale: undefined, found: undefined, stand: [] });
      // Nor was it the source of another definition that could not be read.
      if (failures < failuresToRing || unchangedMs === null) return;
      await openAlert(db, {
        model,
        kind: 'source-unreadable',
        subject: { of: 'source' },
        severity: 'warning',
        title: `${model}: its source cannot be read`,
        body: `${failures} times in a row: ${problem} Nothing trains on what it holds now until it can be read.`,
        webhooks: spec.watch.webhooks,
      });
    } catch (error) {
      log.error({ model, err: error }, 'an alert about a source could not be stored');
    }
  }

  return { lookAtSources };
}

function isOver(freshMs: number | undefined, unchangedMs: number | null): boolean {
  return freshMs !== undefined && unchangedMs !== null && unchangedMs > freshMs;
}

async function inTime<T>(reading: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new PerennialError('unavailable', `The source took more than ${readMsMax / 1_000} s to be read.`)),
      readMsMax,
    );
  });
  // What comes of it after that is nobody's business.
  reading.catch(() => undefined);
  return Promise.race([reading, late]).finally(() => clearTimeout(timer));
}
