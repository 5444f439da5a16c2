import { isAboutHistory } from '../../spec/rule-subject.ts';
import type { ContractRule, HistoryRule, HistoryRuleOf } from '../../spec/spec.ts';
import { sayMany, sayNumber } from '../../words/say.ts';
import type { BatchCheck, Found } from './batch-check.ts';
import type { BatchBefore, BatchFacts, BatchHistory } from './batch-facts.ts';
import { compareColumn, type ColumnRule } from './compare-column.ts';
import { compareSchemas } from './compare-schemas.ts';

/**
 * Holds a batch that has been scanned against those taken before it: one answer for each rule that asks so, in the
 * order of the contract. It reads profiles alone, never rows.
 */
export function judgeBatch(
  rules: readonly ContractRule[],
  batch: BatchFacts,
  history: BatchHistory,
): readonly BatchCheck[] {
  return rules.filter(isAboutHistory).map((rule) => {
    const { against, ...found } = judged(rule, batch, history);
    return { ruleId: rule.id, severity: rule.severity, ...found, against: against.map(({ digest }) => digest) };
  });
}

interface Judged extends Found {
  readonly against: readonly BatchBefore[];
}

function judged(rule: HistoryRule, batch: BatchFacts, history: BatchHistory): Judged {
  if (rule.rule === 'rowCountHistory') return countsAgainst(rule, batch.rows, history.before);
  const named = rule.rule === 'schemaChange' ? undefined : rule.against;
  const reference = named === undefined ? history.before[0] : history.named.get(named);
  if (reference === undefined && named === undefined)
    return { verdict: 'not-yet', about: 'no batch was taken before this one', against: [] };
  if (reference === undefined || reference === null || reference.facts === null)
    return { verdict: 'failed', about: `snapshot ${(named ?? '').slice(0, 16)} is not one of this model`, against: [] };
  const against = [reference];
  if (rule.rule === 'schemaChange') return { ...compareSchemas(rule, batch, reference.facts), against };
  return { ...comparedColumn(rule, batch, reference.facts), against };
}

function comparedColumn(rule: ColumnRule, batch: BatchFacts, reference: BatchFacts): Found {
  const [now, before] = [batch, reference].map(({ profile }) => profile.find(({ name }) => name === rule.column));
  if (now === undefined) return { verdict: 'failed', about: `${rule.column} has no profile in this batch` };
  if (before === undefined) return { verdict: 'not-yet', about: `${rule.column} was not declared in that batch` };
  return compareColumn(rule, now, before);
}

/** Rows of the batch against the median of the last batches. */
function countsAgainst(rule: HistoryRuleOf<'rowCountHistory'>, rows: number, before: readonly BatchBefore[]): Judged {
  const against = before.slice(0, rule.batches);
  const counts = against.map((one) => one.rows).toSorted((left, right) => left - right);
  if (counts.length < rule.batches)
    return {
      verdict: 'not-yet',
      about: `${sayMany(counts.length, 'batch', 'batches')} before, of ${rule.batches} that are asked for`,
      against,
    };
  const middle = medianOf(counts);
  const [low, high] = boundsOf(rule, counts, middle);
  const isKept = rows >= low && rows <= high;
  const about =
    `${sayMany(rows, 'row')}, where the last ${rule.batches} batches had ${sayNumber(middle)} in the middle ` +
    `and ${sayNumber(low)} to ${sayNumber(high)} are expected`;
  return { verdict: isKept ? 'kept' : 'broken', about, against };
}

/** As many deviations (1.4826 times the median distance from the median), but at least those of counts by chance. */
function boundsOf(
  { factor, deviations }: HistoryRuleOf<'rowCountHistory'>,
  counts: readonly number[],
  middle: number,
): readonly [number, number] {
  if (factor !== undefined) return [middle / factor, middle * factor];
  const distances = counts.map((count) => Math.abs(count - middle)).toSorted((left, right) => left - right);
  const spread = Math.max(1.4826 * medianOf(distances), Math.sqrt(middle));
  return [Math.max(0, middle - (deviations ?? 0) * spread), middle + (deviations ?? 0) * spread];
}

function medianOf(sorted: readonly number[]): number {
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
}
