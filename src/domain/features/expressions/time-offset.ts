const minuteMs = 60_000;
/** No clock is further from UTC than this. */
const offsetMaxMs = 14 * 60 * minuteMs;

/**
 * Milliseconds by which clocks of a zone are ahead of UTC: `UTC`, or a fixed offset such as `+05:30`. Null for any
 * other name: a zone whose clocks change would need its rules, past and future, inside the graph.
 */
export function offsetMsOf(timeZone: string): number | null {
  if (timeZone === 'UTC') return 0;
  const match = /^([+-])(\d{2}):([0-5]\d)$/.exec(timeZone);
  if (match === null) return null;
  const offset = (Number(match[2]) * 60 + Number(match[3])) * minuteMs;
  if (offset > offsetMaxMs) return null;
  return match[1] === '-' ? 0 - offset : offset;
}
