import { boundsOf, valuesOf } from '../features/kind-of.ts';
import { sayCount } from '../words/say.ts';
import { columnsNamedBy } from './columns/columns-named-by.ts';
import { isAboutRows, isAboutView } from './columns/rule-subject.ts';
import type { ContractSpec, FeatureSpec, ModelSpec, ReferencesRule, RowContractRule } from './spec.ts';

type ImpliedRule = 'missing' | 'values' | 'range' | 'integer';

/** By which of the rules that a feature implies the API refuses a row; by the others it is answered, and watched. */
export type ServedRules = ReadonlySet<ImpliedRule>;

/**
 * What a definition says, first of the feature, then of its contract. Where neither says a word, a row is refused that
 * cannot mean what was declared (no value where one is needed, a fraction of what is whole), and a value that nobody
 * expected is answered: traffic that moves is what the platform is for.
 */
export function servedRulesOf({ contract }: Pick<ModelSpec, 'contract'>, feature: FeatureSpec): ServedRules {
  const said = feature.serve ?? contract.serve;
  const unsaid: Record<ImpliedRule, boolean> = {
    missing: true,
    values: feature.missing === 'refuse',
    range: false,
    integer: true,
  };
  return new Set(impliedRulesOf(feature).filter((rule) => (said === undefined ? unsaid[rule] : said === 'refuse')));
}

function impliedRulesOf(feature: FeatureSpec): readonly ImpliedRule[] {
  const { min, max, integer } = boundsOf(feature);
  const rules: ImpliedRule[] = [];
  if (feature.missing === 'refuse') rules.push('missing');
  if (valuesOf(feature) !== null) rules.push('values');
  if (min !== undefined || max !== undefined) rules.push('range');
  if (integer === true) rules.push('integer');
  return rules;
}

/**
 * The declared rules about single rows by which the API refuses one: a rule that only warns keeps its row, and one that
 * speaks of the target has nothing to judge yet. `won IS NOT NULL` would refuse every request.
 */
export function servedRowRules({
  contract,
  target,
}: Pick<ModelSpec, 'contract' | 'target'>): readonly RowContractRule[] {
  return contract.rules.filter((rule): rule is RowContractRule => {
    return isAboutRows(rule) && !columnsNamedBy(rule).includes(target.column) && isRefusing(rule, contract);
  });
}

/** Of the rules that ask a view, those by which the API refuses a row. */
export function servedReferences({ contract }: Pick<ModelSpec, 'contract'>): readonly ReferencesRule[] {
  return contract.rules.filter(isAboutView).filter((rule) => isRefusing(rule, contract));
}

function isRefusing({ serve, severity }: RowContractRule | ReferencesRule, contract: ContractSpec): boolean {
  return (serve ?? (severity === 'warn' ? 'accept' : contract.serve)) === 'refuse';
}

/** What the API refuses of a model, in two sentences for whoever declares it. */
export function sayServed(spec: Pick<ModelSpec, 'contract' | 'features' | 'target'>): string {
  const refused: string[] = [];
  const accepted: string[] = [];
  for (const feature of spec.features) {
    const rules = servedRulesOf(spec, feature);
    for (const rule of impliedRulesOf(feature)) (rules.has(rule) ? refused : accepted).push(`${feature.name}.${rule}`);
  }
  const served = new Set([...servedRowRules(spec), ...servedReferences(spec)].map(({ id }) => id));
  for (const rule of spec.contract.rules)
    if (isAboutRows(rule) || isAboutView(rule)) (served.has(rule.id) ? refused : accepted).push(rule.id);
  return `The API refuses a row by ${listed(refused)}. It answers, and watches, one that breaks ${listed(accepted)}.`;
}

const namedMax = 8;

function listed(rules: readonly string[]): string {
  if (rules.length === 0) return 'no rule';
  const more = rules.length - namedMax;
  return rules.slice(0, namedMax).join(', ') + (more > 0 ? ` and ${sayCount(more)} more` : '');
}
