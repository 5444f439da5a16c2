import type { SeasonPhases } from '../../spec/closed-sets.ts';
import type { SeasonSpec } from '../../spec/parts/watch-spec.ts';

const hourMs = 3_600_000;
/** Clocks change at quarters of an hour, everywhere and always. */
const quarterMs = 900_000;
/** Hours from a Monday to the first of January 1970, a Thursday. */
const epochHours = 72;
const dayHours = 24;
const weekHours = 168;
/** 1973 to 5138, as event times of predictions are read: other numbers are an order and no time. */
const timesMs = { from: 1e11, to: 1e14 } as const;

const counts: Record<SeasonPhases, number> = { 'hour-of-day': dayHours, 'day-of-week': 7, 'hour-of-week': weekHours };

export function phaseCount(phases: SeasonPhases): number {
  return counts[phases];
}

/** Where a row stands in a season: its phase, and which turn of the season it is (a day, a week). */
export interface SeasonPlace {
  readonly phase: number;
  readonly turn: number;
}

/** Where an instant stands; null for one that is missing or no time. A week begins with Monday, 0. */
export type SeasonClock = (timeMs: number | null) => SeasonPlace | null;

/** The same clock for the same season; each quarter of an hour is looked up once, and some thousand are kept. */
export function seasonClock({ phases, timeZone }: SeasonSpec): SeasonClock {
  const offsetOf = offsetsOf(timeZone);
  return (timeMs) => {
    if (timeMs === null || !(timeMs >= timesMs.from && timeMs <= timesMs.to)) return null;
    const hour = Math.floor((timeMs + offsetOf(timeMs)) / hourMs);
    if (phases === 'hour-of-day') return { phase: mod(hour, dayHours), turn: Math.floor(hour / dayHours) };
    const ofWeek = mod(hour + epochHours, weekHours);
    const turn = Math.floor((hour + epochHours) / weekHours);
    return { phase: phases === 'hour-of-week' ? ofWeek : Math.floor(ofWeek / dayHours), turn };
  };
}

const offsetsMax = 4_096;

const zones = new Map<string, (timeMs: number) => number>();
const zonesMax = 64;

/** One for all that ask for a zone: to make one, and to look a quarter up, takes more than all the rest. */
function offsetsOf(timeZone: string): (timeMs: number) => number {
  const known = zones.get(timeZone);
  if (known !== undefined) return known;
  if (zones.size >= zonesMax) zones.clear();
  const made = makeOffsets(timeZone);
  zones.set(timeZone, made);
  return made;
}

/** Milliseconds by which the clocks of a zone are ahead of UTC. */
function makeOffsets(timeZone: string): (timeMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const known = new Map<number, number>();
  return (timeMs) => {
    const quarter = Math.floor(timeMs / quarterMs);
    const before = known.get(quarter);
    if (before !== undefined) return before;
    const named = format.formatToParts(quarter * quarterMs).find(({ type }) => type === 'timeZoneName');
    const found = offsetIn(named?.value ?? '');
    if (known.size >= offsetsMax) known.clear();
    known.set(quarter, found);
    return found;
  };
}

/** `GMT+05:45`; `GMT` alone is UTC. */
function offsetIn(name: string): number {
  const [, sign = '+', hours = '0', minutes = '0'] = /^GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * hourMs + Number(minutes) * 60_000);
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}
