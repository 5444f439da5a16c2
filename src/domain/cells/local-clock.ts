const offsetFormats = new Map<string, Intl.DateTimeFormat>();

/**
 * The instant at which clocks of a zone show this time, given as if it were UTC (milliseconds). A time that is shown
 * twice is the later instant; one that is skipped is counted on from the clock before it, as the engine does it.
 */
export function instantOfClock(shownMs: number, timeZone: string): number {
  const before = shownMs - offsetMs(shownMs - dayMs, timeZone);
  const after = shownMs - offsetMs(shownMs + dayMs, timeZone);
  if (before === after) return before;
  const fitting = [before, after].filter((ms) => ms + offsetMs(ms, timeZone) === shownMs);
  return fitting.length === 0 ? before : Math.max(...fitting);
}

const dayMs = 86_400_000;

/** How far the clocks of a zone are ahead of UTC at an instant, in milliseconds. */
function offsetMs(ms: number, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(ms);
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const match = /([+-])(\d{2}):(\d{2})(?::(\d{2}))?/.exec(name);
  if (match === null) return 0;
  const [, sign, hours, minutes, seconds = '0'] = match;
  const size = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
  return sign === '-' ? -size : size;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = offsetFormats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  offsetFormats.set(timeZone, format);
  return format;
}
