const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Largest instant that a JavaScript date can hold, in milliseconds. */
const instantMsMax = 8.64e15;

/** Whether it is a text that leaves open on which clock it is that time. */
export function isZoneless(value: unknown): boolean {
  const match = typeof value === 'string' ? iso.exec(value) : null;
  return match !== null && match[3] === undefined;
}

/**
 * Epoch milliseconds of an ISO 8601 text or of a number that already is; null when it is neither. A text without a zone
 * is UTC: the local zone of a server must not change a feature.
 */
export function parseInstant(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) && Math.abs(value) <= instantMsMax ? value : null;
  if (typeof value !== 'string') return null;
  const match = iso.exec(value);
  if (match === null) return null;
  const [, day = '', time = '00:00', zone = 'Z'] = match;
  const milliseconds = time.replace(/(\.\d{3})\d+$/, '$1');
  const parsed = Date.parse(`${day}T${milliseconds}${zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`);
  return Number.isNaN(parsed) ? null : parsed;
}
