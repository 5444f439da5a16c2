import type { ContractRule } from '../../domain/spec/spec.ts';
import { draftNamed, type ColumnDraft, type ObjectDraft } from './export-draft.ts';
import { ecmaOfWhole, searchOfWhole } from '../../domain/contract/document/ecma-pattern.ts';
import { ownName, statedElsewhere, timeUnits, type Members } from '../terms/terms.ts';

type Kind = ContractRule['rule'];
type RuleOf<Name extends Kind> = Extract<ContractRule, { readonly rule: Name }>;
/** `place` is that of the rule in its contract, since rules stand in several parts of a document. */
type WriteRule<Name extends Kind> = (draft: ObjectDraft, rule: RuleOf<Name>, place: number) => void;

/** How each rule is written. A new kind does not compile before it has a row here: `whole` is right for any. */
const writers: { readonly [Name in Kind]: WriteRule<Name> } = {
  unique: (draft, rule, place) => {
    draft.quality.push(
      library(rule, place, {
        metric: 'duplicateValues',
        arguments: { properties: rule.columns },
        mustBe: 0,
        unit: 'rows',
        dimension: 'uniqueness',
      }),
    );
  },
  references: whole,
  compare: whole,
  expression: whole,
  rowCountHistory: whole,
  schemaChange: whole,
  meanShift: whole,
  spreadShift: whole,
  missingChange: whole,
  shareChange: whole,
  distance: whole,
  length(draft, rule, place) {
    const { min, max } = rule;
    const column = draftNamed(draft, rule.column);
    const isFree = column.options['minLength'] === undefined && column.options['maxLength'] === undefined;
    if (!isFree) return whole(draft, rule, place);
    if (min !== undefined) column.options['minLength'] = min;
    if (max !== undefined) column.options['maxLength'] = max;
    stated(column, rule, place, 'logicalTypeOptions');
  },
  pattern(draft, rule, place) {
    const column = draftNamed(draft, rule.column);
    const isFree = column.options['pattern'] === undefined && ecmaOfWhole(rule.pattern) !== null;
    if (!isFree) return whole(draft, rule, place);
    column.options['pattern'] = searchOfWhole(rule.pattern);
    stated(column, rule, place, 'logicalTypeOptions');
  },
  decimals(draft, rule, place) {
    const column = draftNamed(draft, rule.column);
    if (column.physicalType !== null) return whole(draft, rule, place);
    column.physicalType = `DECIMAL(${rule.precision},${rule.scale})`;
    stated(column, rule, place, 'physicalType');
  },
  rowCount(draft, rule, place) {
    const metric = { metric: 'rowCount', unit: 'rows', dimension: 'completeness' };
    // A check has one operator, and `mustBeBetween` is read with its ends by some and without by others.
    draft.quality.push(library(rule, place, { ...metric, mustBeGreaterOrEqualTo: rule.min }));
    if (rule.max !== undefined) draft.quality.push(library(rule, place, { ...metric, mustBeLessOrEqualTo: rule.max }));
  },
  missingShare(draft, rule, place) {
    const percent = 100 * rule.shareMax;
    // A share that no percentage gives back exactly is said as well.
    const exact = percent / 100 === rule.shareMax ? {} : { shareMax: rule.shareMax };
    const check = { metric: 'missingValues', arguments: { missingValues: [null, ''] }, unit: 'percent' };
    const members = { ...check, mustBeLessOrEqualTo: percent, dimension: 'completeness' };
    draftNamed(draft, rule.column).quality.push(library(rule, place, members, exact));
  },
  freshness(draft, rule, place) {
    const element = `${draft.name}.${rule.column}`;
    if (draft.agreements.some((agreement) => agreement['element'] === element)) return whole(draft, rule, place);
    const unit = timeUnits.find(({ ms }) => rule.ageMsMax % ms === 0) ?? timeUnits[timeUnits.length - 1];
    if (unit === undefined) throw new TypeError('no unit of time');
    draft.agreements.push({
      property: 'latency',
      value: rule.ageMsMax / unit.ms,
      unit: unit.words[0],
      element,
    });
    stated(draftNamed(draft, rule.column), rule, place, 'slaProperties');
  },
};

/** Writes the rules of a contract into the parts of a document that have a place for them. */
export function writeRules(draft: ObjectDraft, rules: readonly ContractRule[]): void {
  for (const [place, rule] of rules.entries()) writeRule(draft, rule, place);
}

function writeRule<Name extends Kind>(draft: ObjectDraft, rule: RuleOf<Name>, place: number): void {
  // The words of the standard have no place for these two.
  const isOurs = ('tolerance' in rule && rule.tolerance !== undefined) || ('serve' in rule && rule.serve !== undefined);
  const write: WriteRule<Name> = isOurs ? whole : writers[rule.rule as Name];
  write(draft, rule, place);
}

function library(rule: ContractRule, place: number, members: Members, own: Members = {}): Members {
  return {
    name: rule.id,
    type: 'library',
    ...members,
    severity: rule.severity,
    customProperties: [{ property: ownName, value: { place, ...own } }],
  };
}

/** All of a rule in its own words, as the standard has it for rules of other engines. */
function whole(draft: ObjectDraft, rule: ContractRule, place: number): void {
  const { id, severity, ...implementation } = rule;
  draft.quality.push(ownCheck(id, severity, place, implementation));
}

/** A rule whose bounds stand in another part of its column: once, so that two of them cannot disagree. */
function stated(column: ColumnDraft, { id, severity, rule }: ContractRule, place: number, where: string): void {
  column.quality.push(ownCheck(id, severity, place, { rule, [statedElsewhere]: where }));
}

function ownCheck(id: string, severity: string, place: number, implementation: Members): Members {
  return {
    name: id,
    type: 'custom',
    engine: ownName,
    implementation,
    severity,
    customProperties: [{ property: ownName, value: { place } }],
  };
}
