import { setTimeout as sleep } from 'node:timers/promises';
import type { Doors, Installation } from './installation.ts';

export interface Asked {
  readonly door: 'control' | 'inference';
  readonly path: string;
  /** Absent: a GET. */
  readonly body?: unknown;
  /** Sent as `Idempotency-Key`: what is asked again is the same. */
  readonly key?: string;
}

const patienceMs = 10 * 60_000;
const attemptMs = 15_000;
const pauseMs = 250;
/** What a server says whose parts come and go; anything else is an answer. */
const passing = new Set([429, 500, 502, 503, 504]);
const passingCodes = new Set(['idempotency_in_progress', 'no_champion']);

/** Asks, with the same id, until there is an answer: through killed servers, lost answers and full disks. */
export async function ask<T>(installation: Installation, asked: Asked): Promise<T> {
  const deadlineMs = performance.now() + patienceMs;
  for (;;) {
    const outcome = await once(installation, asked).catch((error: unknown) => ({ status: 0, text: String(error) }));
    if (outcome.status === 200 || outcome.status === 202) return JSON.parse(outcome.text) as T;
    const isPassing = outcome.status === 0 || passing.has(outcome.status) || passingCodes.has(codeOf(outcome.text));
    if (!isPassing || performance.now() > deadlineMs)
      throw new Error(`${asked.path}: ${outcome.status} ${outcome.text.slice(0, 500)}`);
    await sleep(pauseMs);
  }
}

async function once(
  installation: Installation,
  { door, path, body, key }: Asked,
): Promise<{ readonly status: number; readonly text: string }> {
  const doors: Doors = await installation.doors();
  const [url, token] = door === 'control' ? [doors.controlUrl, doors.admin] : [doors.inferenceUrl, doors.predictor];
  const response = await fetch(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(attemptMs),
  });
  return { status: response.status, text: await response.text() };
}

function codeOf(text: string): string {
  try {
    return String((JSON.parse(text) as { readonly code?: unknown }).code);
  } catch {
    return '';
  }
}
