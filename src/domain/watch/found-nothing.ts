/** The second training after one that found nothing waits for this long, and each further one four times as long. */
const firstWaitMs = 60_000;
const waitMsMax = 86_400_000;

/**
 * How long after the last of `trainings` trainings, all of which found a source that held nothing, rows of that source
 * may start another, in milliseconds. At once after the first: rows have come. A source that says again and again that
 * it holds rows, and holds none when it is read, costs a training a day.
 */
export function waitAfterNothingMs(trainings: number): number {
  if (trainings <= 1) return 0;
  return Math.min(waitMsMax, firstWaitMs * 4 ** Math.min(trainings - 2, 16));
}
