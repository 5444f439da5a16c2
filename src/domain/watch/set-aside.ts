/** A window that is set aside first is tried again soon, then ever more seldom. */
const firstWaitMs = 30_000;
const waitMsMax = 3_600_000;
/** Others of the same model wait for it: as soon as it is judged, they are tried too. */
const behindWaitMs = 86_400_000;

/**
 * How long a window that could not be judged waits for its next attempt, in milliseconds; `attempts` counts those that
 * have failed, this one among them. One window of a model asks whether its fault is mended, so that a model which is
 * broken for months costs one attempt an hour and one more for each new window.
 */
export function waitMsOf(attempts: number, isFirstOfModel: boolean): number {
  if (!isFirstOfModel) return behindWaitMs;
  return Math.min(waitMsMax, firstWaitMs * 2 ** Math.min(attempts - 1, 16));
}
