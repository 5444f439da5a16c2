import type { RuleCount, SnapshotManifest } from '../../domain/training/snapshot.ts';
import type { Tally } from './tally.ts';

/** Before the sum of hashes in the logical digest of traffic. */
export const hashName = 'hash-sum:';

export function tallyIn({ rows, quarantinedRows, logicalDigest, ruleCounts }: SnapshotManifest): Tally {
  return {
    accepted: rows,
    setAside: quarantinedRows,
    hashSum: BigInt(logicalDigest.slice(hashName.length)),
    broken: new Map(ruleCounts.map((count) => [count.ruleId, count.rows])),
  };
}

export function ruleCountsOf({ broken }: Pick<Tally, 'broken'>, known: readonly RuleCount[]): readonly RuleCount[] {
  const rules = new Map(known.map((count) => [count.ruleId, count]));
  return [...broken]
    .filter(([, rows]) => rows > 0)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([ruleId, rows]) => {
      const rule = rules.get(ruleId);
      return rule === undefined ? [] : [{ ...rule, rows, line: null }];
    });
}
