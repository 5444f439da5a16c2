import { sayMany, sayShare } from '../../words/say.ts';
import type { RuleSeverity } from '../../spec/closed-sets.ts';
import type { RowsSpec } from '../../spec/columns/rows-spec.ts';
import type { ContractRule, ReferencesRule, RowContractRule } from '../../spec/spec.ts';
import { rowRules } from '../row-rules.ts';
import { sayHistoryRule } from './say-history-rule.ts';
import { declaredRowRule } from '../rules/declared-rules.ts';

/** A rule as a person reads it. */
export interface SaidRule {
  readonly id: string;
  readonly severity: RuleSeverity;
  readonly about: string;
}

/** Every rule of a contract in words: those that its columns imply, then the declared ones, in its order. */
export function rulesInWords(spec: RowsSpec): readonly SaidRule[] {
  const implied = rowRules({ ...spec, contract: { ...spec.contract, rules: [] } }, { unlabelled: 'refuse' });
  const declared = spec.contract.rules.map((rule) => ({ ...rule, about: aboutOf(spec, rule) }));
  return [...implied, ...declared].map(({ id, severity, about }) => ({ id, severity, about }));
}

function aboutOf(spec: RowsSpec, rule: ContractRule): string {
  const ofRows = declaredRowRule(spec, rule);
  // oxlint-disable-next-line no-unsafe-type-assertion -- a rule about single rows has words already
  return ofRows === null ? aboutSeveral(rule as Exclude<ContractRule, RowContractRule>) : ofRows.about;
}

/** Of rules about several rows. */
function aboutSeveral(rule: Exclude<ContractRule, RowContractRule>): string {
  switch (rule.rule) {
    case 'unique':
      return `no two rows of a batch have the same ${rule.columns.join(' and ')}`;
    case 'references':
      return aboutReference(rule);
    case 'rowCount':
      return rule.max === undefined
        ? `a batch has at least ${sayMany(rule.min, 'row')}`
        : `a batch has from ${rule.min} to ${sayMany(rule.max, 'row')}`;
    case 'missingShare':
      return `${rule.column} is missing in at most ${sayShare(rule.shareMax)} of the rows of a batch`;
    case 'freshness':
      return `the newest ${rule.column} of a batch is at most ${sayAge(rule.ageMsMax)} old`;
    default:
      return sayHistoryRule(rule);
  }
}

/** What a rule that asks a view asks of a row. */
export function aboutReference({ columns, view }: ReferencesRule): string {
  return `${columns.join(' and ')} is a key of view ${view}`;
}

function sayAge(ms: number): string {
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1_000],
  ] as const;
  const unit = units.find(([, length]) => ms % length === 0);
  return unit === undefined ? `${ms} ms` : sayMany(ms / unit[1], unit[0]);
}
