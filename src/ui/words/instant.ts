import { number, utc } from './format.ts';

/** From 1973 to 5138 in epoch milliseconds; a time column that holds anything else orders rows and means no instant. */
const plausibleMs = [1e11, 1e14] as const;

/** A value of a time column as people read it. */
export function instant(value: number): string {
  return value >= plausibleMs[0] && value <= plausibleMs[1] ? utc(new Date(Math.round(value))) : number(value);
}
