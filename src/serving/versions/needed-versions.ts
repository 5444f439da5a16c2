import type { AbTestArm, RoutedAbTest, RoutingEntry } from '../../domain/rollout/routing.ts';
import { versionKey } from './version-key.ts';

export interface NeededVersions {
  readonly champions: ReadonlySet<string>;
  /** And the arms of A/B tests: a process can do without them. */
  readonly challengers: ReadonlySet<string>;
}

/** The versions that every process should hold, by `versionKey`. */
export function neededVersions(entries: readonly RoutingEntry[], excluded: ReadonlySet<string>): NeededVersions {
  const champions = entries.flatMap(({ model, champion }) => (champion === null ? [] : [versionKey(model, champion)]));
  const answering = new Set(champions);
  const challengers = entries.flatMap(({ model, challenger, abTest }) => [
    ...(challenger === null ? [] : [versionKey(model, challenger)]),
    // The control is champion for as long as nothing is promoted beside the test.
    ...servedArms(abTest ?? null)
      .map(({ version }) => versionKey(model, version))
      .filter((key) => !answering.has(key)),
  ]);
  return { champions: answering, challengers: new Set(challengers.filter((key) => !excluded.has(key))) };
}

/** The arms of an A/B test that answer; the control answers for one that was stopped. */
export function servedArms(abTest: RoutedAbTest | null): readonly AbTestArm[] {
  return abTest?.arms.filter(({ isStopped }) => !isStopped) ?? [];
}

/** What a process with these versions would have to load; it is replaced by one that has. */
export function missingVersions(needed: NeededVersions, loaded: ReadonlySet<string>): readonly string[] {
  return [...needed.champions, ...needed.challengers].filter((key) => !loaded.has(key));
}

/** Challengers that were in memory when processes crashed, twice: the third process does without them. */
export interface Suspects {
  readonly excluded: ReadonlySet<string>;
  /** Returns the versions that are excluded from now on. */
  accuse(keys: Iterable<string>): readonly string[];
  /** Forgets what is no longer a challenger, so that the map stays small and a new rollout starts clean. */
  keepOnly(challengers: ReadonlySet<string>): void;
}

const crashesMax = 2;

export function createSuspects(): Suspects {
  const crashes = new Map<string, number>();
  const excluded = new Set<string>();
  return {
    excluded,
    accuse(keys) {
      const news: string[] = [];
      for (const key of keys) {
        const count = (crashes.get(key) ?? 0) + 1;
        crashes.set(key, count);
        if (count < crashesMax || excluded.has(key)) continue;
        excluded.add(key);
        news.push(key);
      }
      return news;
    },
    keepOnly(challengers) {
      for (const key of crashes.keys()) if (!challengers.has(key)) crashes.delete(key);
      for (const key of excluded) if (!challengers.has(key)) excluded.delete(key);
    },
  };
}
