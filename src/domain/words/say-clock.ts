/** What a clock of a time zone shows at an instant: `2026-11-30 08:00`. */
export function sayClock(atMs: number, timeZone: string): string {
  // Swedes write a date as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(atMs);
}
