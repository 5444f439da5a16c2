import { setTimeout as delay } from 'node:timers/promises';
import { servingStateOf, type ServingState } from '../../db/routing/serving-state.ts';
import { sayMany } from '../../domain/words/say.ts';
import type { CommandContext } from './context.ts';

/** How long an answer waits for the processes that serve; they take a new version in about a second. */
const servedWithinMsMax = 5_000;
const pollMs = 50;

/**
 * What a version does now, as a sentence goes on after its name: it `answers` only when it is champion and every
 * process that serves has acknowledged that. Waits for it, at most 5 s; what it waited for in vain is said instead.
 */
export async function waitUntilServed(
  { database }: Pick<CommandContext, 'database'>,
  model: string,
  version: number,
  withinMs: number = servedWithinMsMax,
): Promise<string> {
  const untilMs = performance.now() + withinMs;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- it waits for others, within a bound
    const state = await servingStateOf(database.db, model);
    const isOver = performance.now() >= untilMs;
    // Without a process there is nobody who could acknowledge anything.
    if (isServed(state, version) || isOver || state.processes === 0) return sayServing(state, version);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await delay(pollMs);
  }
}

/**
 * The version that a workflow makes champion in place of `from`, as soon as it has; null when it has not within 5 s, or
 * nobody serves.
 */
export async function waitUntilMoved(
  { database }: Pick<CommandContext, 'database'>,
  model: string,
  from: number | null,
): Promise<number | null> {
  const untilMs = performance.now() + servedWithinMsMax;
  while (performance.now() < untilMs) {
    // oxlint-disable-next-line no-await-in-loop -- it waits for others, within a bound
    const { championVersion, processes } = await servingStateOf(database.db, model);
    if (championVersion !== null && championVersion !== from) return championVersion;
    if (processes === 0) return null;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await delay(pollMs);
  }
  return null;
}

function isServed({ championVersion, processes, behind }: ServingState, version: number): boolean {
  return championVersion === version && processes > 0 && behind === 0;
}

/** The same without waiting. */
export function sayServing(state: ServingState, version: number): string {
  const { championVersion, processes, behind } = state;
  if (isServed(state, version)) return 'answers';
  if (championVersion !== version) {
    const instead = championVersion === null ? 'no version is' : `v${championVersion} is`;
    return `does not answer yet: ${instead} champion until the model's workflow has moved it`;
  }
  if (processes === 0) return 'is champion, and no inference process is running to answer with it';
  return (
    `is champion, but ${behind} of ${sayMany(processes, 'inference process', 'inference processes')} ` +
    `${behind === 1 ? 'has' : 'have'} not taken it yet`
  );
}
