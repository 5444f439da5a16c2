import { sayMany, sayShare } from '../../words/say.ts';
import type { HistoryRule } from '../../spec/spec.ts';

/** A rule that holds a batch against those before it, as a person reads it. */
export function sayHistoryRule(rule: HistoryRule): string {
  switch (rule.rule) {
    case 'rowCountHistory': {
      const bound =
        rule.factor === undefined ? `${rule.deviations} robust standard deviations` : `a factor of ${rule.factor}`;
      return `a batch has as many rows as the last ${sayMany(rule.batches, 'batch', 'batches')}, within ${bound}`;
    }
    case 'schemaChange':
      return `no column goes or is of another type${rule.mayAdd ? '' : ', and none comes'}`;
    case 'meanShift':
      return `the mean of ${rule.column} moves by at most ${rule.deviationsMax} standard deviations${since(rule)}`;
    case 'spreadShift':
      return `the standard deviation of ${rule.column} changes at most ${rule.factorMax} times${since(rule)}`;
    case 'missingChange':
      return `the missing share of ${rule.column} changes by at most ${sayShare(rule.changeMax)}${since(rule)}`;
    case 'shareChange':
      return `the share of each value of ${rule.column} changes by at most ${sayShare(rule.changeMax)}${since(rule)}`;
    case 'distance':
      return `the distribution of ${rule.column} is at most ${rule.distanceMax} away${since(rule)}`;
  }
}

function since({ against }: { readonly against?: string }): string {
  return against === undefined ? '' : ` from that of snapshot ${against.slice(0, 16)}`;
}
