import { ruleSchema } from '../../contracts/spec/spec-columns.ts';
import { describeIssues } from '../../contracts/spec/describe-issues.ts';
import type { ContractRule } from '../../domain/spec/spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
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

/** A document may ask for more than a contract holds, some of which are then told to be none. */
const foundMax = 2_000;

/** Throws `invalid_data` on more rules than any contract is made of: each is held against all others. */
export function findRules(): FoundRules {
  const found: FoundRule[] = [];
  return {
    found,
    add(members, reader, place) {
      if (found.length >= foundMax)
        throw new PerennialError('invalid_data', `The document asks for more than ${foundMax} rules.`, {
          path: 'schema',
          hint: 'Split it into contracts of their own.',
        });
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
