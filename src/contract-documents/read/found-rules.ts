import { ruleSchema } from '../../contracts/spec/spec-columns.ts';
import { describeIssues } from '../../contracts/spec/describe-issues.ts';
import type { ContractRule } from '../../domain/spec/spec.ts';
import type { Reader } from './reader.ts';
import type { Members } from '../terms/terms.ts';

/** A rule that a document asks for, not yet held against its columns. */
export interface FoundRule {
  readonly rule: ContractRule;
  /** Where it stood in the contract that was written; Infinity where nobody has said it. */
  readonly place: number;
  readonly reader: Reader;
}

/** Rules as they are found, with ids of their own. */
export interface FoundRules {
  readonly found: FoundRule[];
  /** Adds a rule of these members; what is no rule is told. */
  add(members: Members, from: Reader, place?: unknown): void;
}

export function findRules(): FoundRules {
  const found: FoundRule[] = [];
  return {
    found,
    add(members, reader, place) {
      const parsed = ruleSchema.safeParse(members);
      if (parsed.success) {
        found.push({ rule: parsed.data, place: typeof place === 'number' ? place : Infinity, reader });
        return;
      }
      reader.note(`is no rule: ${describeIssues(parsed.error).text}`, { isUnchecked: true });
    },
  };
}

/** In the order of the contract that was written; what has no place follows as it was found. */
export function inPlace(found: readonly FoundRule[]): readonly FoundRule[] {
  const byPlace = (left: FoundRule, right: FoundRule) => (left.place === right.place ? 0 : left.place - right.place);
  return [...found].sort((left, right) => byPlace(left, right) || 0);
}
