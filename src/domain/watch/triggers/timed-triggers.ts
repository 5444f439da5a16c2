import type { CronSchedule } from '../../spec/parts/retrain-spec.ts';
import { describeExtent, roundMs } from '../../words/extent.ts';
import { sayCount } from '../../words/say.ts';

/** An instant, and how a clock of the place of the schedule shows it. */
export interface DueMinute {
  readonly ms: number;
  readonly text: string;
}

/** When a schedule by the calendar came last before now, and when it comes next; null where it never does. */
export interface DueFacts {
  readonly last: DueMinute | null;
  readonly next: DueMinute | null;
}

export interface SourceFacts {
  /** Whether it holds other bytes than the newest version was trained on; null where nobody has looked or can say. */
  readonly hasChanged: boolean | null;
  /** When it was read last; null: never. */
  readonly readAtMs: number | null;
  /** How often in a row it could not be read since, and why. */
  readonly failures: number;
  readonly problem: string | null;
}

/** A snapshot of another model that was published since the model last trained for it. */
export interface PublishedNews {
  readonly publisher: string;
  readonly tag: string;
  /** Which it is of those that were published under the tag, from 1. */
  readonly edition: number;
  readonly digest: string;
}

export interface SubscribedFacts {
  readonly isSubscriber: boolean;
  readonly news: readonly PublishedNews[];
}

export interface Found {
  readonly fired: boolean;
  readonly text: string;
}

/** Due once however often it has come since the last training: what was missed while nothing ran is made up for. */
export function byCalendar({ cron, timeZone }: CronSchedule, due: DueFacts | null, lastTrainingMs: number): Found {
  const schedule = `"${cron}" (${timeZone})`;
  const { last = null, next = null } = due ?? {};
  if (last !== null && last.ms > lastTrainingMs)
    return { fired: true, text: `training was due at ${last.text} by ${schedule}, after the last one` };
  return {
    fired: false,
    text: `the schedule ${schedule} ${next === null ? 'never comes again' : `comes next at ${next.text}`}`,
  };
}

/** Whether the source holds what the newest version was trained on, as it was read last. */
export function bySource(source: SourceFacts | null, lastTrainingMs: number, nowMs: number): Found {
  // What was read before may have been trained on since.
  if (source === null || (source.failures === 0 && (source.readAtMs ?? 0) <= lastTrainingMs))
    return { fired: false, text: 'the source has not been looked at since the last training' };
  const { hasChanged, readAtMs, failures, problem } = source;
  if (failures > 0) {
    const times = failures === 1 ? 'once' : `${sayCount(failures)} times in a row`;
    return { fired: false, text: `the source could not be read, ${times}: ${(problem ?? '').replace(/\.$/, '')}` };
  }
  if (hasChanged === null) return { fired: false, text: 'no version was trained on the source yet' };
  const ago = describeExtent({ ms: roundMs(Math.max(0, nowMs - (readAtMs ?? nowMs))) });
  return hasChanged
    ? { fired: true, text: `the source has changed since the newest version was trained (read ${ago} ago)` }
    : { fired: false, text: `the source is as the newest version was trained on it (read ${ago} ago)` };
}

/** So many publications are named in the reason; more would bury it. */
const namedMax = 3;

/** Whether something that the model subscribes to was published since it last trained for it. */
export function byPublication({ news }: SubscribedFacts): Found {
  if (news.length === 0) return { fired: false, text: 'nothing that it subscribes to was published since' };
  const named = news
    .slice(0, namedMax)
    .map(
      ({ publisher, tag, edition, digest }) =>
        `edition ${edition} of "${tag}" (${digest.slice(0, 12)}) of ${publisher}`,
    );
  const more = news.length > namedMax ? ` and ${sayCount(news.length - namedMax)} more` : '';
  return { fired: true, text: `${named.join(', ')}${more} ${news.length === 1 ? 'was' : 'were'} published` };
}
