import { normalSf } from '../../statistics/distributions/normal.ts';
import { holmRejected } from '../../statistics/samples/multiplicity.ts';
import type { FeatureRelation } from '../training/training.ts';
import { sayMany, sayShare } from '../words/say.ts';

export interface VersionRelations {
  readonly version: number;
  readonly relations: readonly FeatureRelation[];
}

interface LostRelation {
  readonly feature: string;
  /** Shares of the variance of the target. */
  readonly before: number;
  readonly now: number;
}

/** Fewer rows have no normal mean. */
const rowsMin = 100;
const alpha = 0.05;
const namedMax = 8;

/**
 * Features that are proven to say less than half of what they said, most lost first. Of all features that kept at least
 * half, one or more is named with probability at most about 5 % (Holm, over all of them: those that were chosen for
 * what they said then would look lost by chance). Assumes that means over the rows of a test are nearly normal.
 */
export function lostRelations(best: VersionRelations, newest: VersionRelations): readonly LostRelation[] {
  const today = new Map(newest.relations.map((relation) => [relation.feature, relation]));
  const pairs = best.relations.flatMap((before) => {
    const now = today.get(before.feature);
    if (now === undefined || before.rows < rowsMin || now.rows < rowsMin) return [];
    // What says nothing is learnt a little wrong, each time: below 0 is not less than nothing.
    const lost = before.share / 2 - Math.max(0, now.share);
    const error = Math.hypot(before.standardError / 2, now.standardError);
    // A feature of one value says nothing, surely, both times.
    const p = error > 0 ? normalSf(lost / error) : lost > 0 ? 0 : 1;
    return [{ feature: before.feature, before: before.share, now: now.share, p }];
  });
  return holmRejected(pairs.length, alpha, (index, level) => (pairs[index]?.p ?? 1) <= level)
    .flatMap(({ index }) => pairs[index] ?? [])
    .toSorted((a, b) => b.before - b.now - (a.before - a.now))
    .map(({ feature, before, now }) => ({ feature, before, now }));
}

/** What a person is told who is asked for help, and what may be tried. */
export function sayLostRelations(best: VersionRelations, newest: VersionRelations): string {
  const lost = lostRelations(best, newest);
  if (lost.length === 0)
    return (
      `No feature is proven to say less than half of what it said about the target at v${best.version}: look at the ` +
      'labels (has their meaning changed?), and at what the features do not know. Declare features that do.'
    );
  const named = lost.slice(0, namedMax).map(({ feature, before, now }) => {
    return `${feature} (${sayShare(before)} of its variance then, ${sayShare(Math.max(0, now))} now)`;
  });
  const more = lost.length > namedMax ? ` and ${sayMany(lost.length - namedMax, 'other')}` : '';
  return (
    `Proven to say less than half of what was said about the target at v${best.version}, by the test rows of ` +
    `v${newest.version} (5 % error for all features together): ${named.join(', ')}${more}. Look at where ` +
    `${lost.length === 1 ? 'it comes' : 'they come'} from (another unit, values that are always missing, a changed ` +
    'system); declare features that carry what is new; let `trainer.historyShares` leave old rows out.'
  );
}
