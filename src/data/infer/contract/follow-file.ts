import type {
  CategoryFeature,
  ContractRule,
  FeatureKind,
  FeatureOf,
  FeatureSpec,
  NumberFeature,
} from '../../../domain/spec/spec.ts';
import { isAboutView } from '../../../domain/spec/columns/rule-subject.ts';
import { columnsNamedBy } from '../../../domain/spec/columns/columns-named-by.ts';
import type { RowsSpec } from '../../../domain/spec/columns/rows-spec.ts';
import { checkRules } from '../../../domain/spec/columns/check-rules.ts';
import { columnsOf } from '../../../domain/spec/columns/columns-of.ts';
import type { RuleCount } from '../../../domain/training/snapshot.ts';
import { listNames } from '../../../domain/words/nearest-name.ts';
import { sayMany } from '../../../domain/words/say.ts';
import { validateTable } from '../../contract/validate.ts';
import type { LookedAt } from './looked-at.ts';
import { inferFeatures } from '../infer-features.ts';
import { sayAssumed, tightened, valuesOf } from './tighten-feature.ts';

/** New values of a closed set that are proposed; more than these are another column. */
const newValuesMax = 50;

interface Followed {
  readonly spec: RowsSpec;
  readonly notes: readonly string[];
}

/**
 * A contract with the changes that a file asks for: columns that are new or gone, and for each rule of a feature that
 * its rows break, the least change that they keep. Declared rules that are broken stay, and are told.
 */
export async function followFile(look: LookedAt, current: RowsSpec): Promise<Followed> {
  const { duck, table, scans } = look;
  const present = new Set(table.columns.map(({ name }) => name));
  const { spec: there, notes } = without(current, (name) => !present.has(name));
  const isLabelled = there.target !== null;
  const seen = current.target !== null && !isLabelled ? { ...there, target: null } : there;
  const counts = await countsOf(look, seen);
  const features: FeatureSpec[] = [];
  for (const feature of there.features) {
    const changed = await changedFeature(look, feature, counts);
    features.push(changed.feature);
    notes.push(...changed.notes);
  }
  const known = columnsOf(current);
  const fresh = inferFeatures(
    scans.filter(({ name }) => !known.includes(name)),
    { target: current.target?.column ?? '', named: known, clocks: new Set() },
  );
  const added = await Promise.all(
    fresh.features.map((feature) => tightened({ duck, table, scans, rows: look.rows }, feature)),
  );
  const label = current.target === null ? [] : [`${current.target.column}.label`, `${current.target.column}.type`];
  const kept = new Set([...current.contract.rules.map(({ id }) => id), ...label]);
  const others = counts.filter(({ ruleId }) => kept.has(ruleId));
  const followed = {
    ...there,
    // A file without labels says nothing of them.
    target: current.target,
    features: [...features, ...added.map(({ feature }) => feature)],
  };
  const fitting = withoutUnfit(followed);
  return {
    spec: fitting.spec,
    notes: [
      ...notes,
      ...fitting.notes,
      ...others.map((count) => `${count.ruleId} is not kept by ${sayWhere(count)} (${count.about}); the rule stays.`),
      ...fresh.notes,
      ...sayAssumed(added),
      ...added.flatMap(({ feature }) => [`${feature.name} is new: ${feature.kind}.`]),
    ],
  };
}

/** Without the columns that are gone, and the rules that speak of them; each is told. */
function without(
  spec: RowsSpec,
  isGone: (name: string) => boolean,
): { readonly spec: RowsSpec; readonly notes: string[] } {
  const features = spec.features.filter(({ name }) => !isGone(name));
  const target = spec.target !== null && isGone(spec.target.column) ? null : spec.target;
  const entity = spec.entity !== null && isGone(spec.entity.column) ? null : spec.entity;
  const eventTime = spec.eventTime !== null && isGone(spec.eventTime.column) ? null : spec.eventTime;
  const left = new Set(columnsOf({ features, target: spec.target, entity, eventTime }));
  const rules = spec.contract.rules.filter((rule) => columnsNamedBy(rule).every((name) => left.has(name)));
  const gone = columnsOf(spec).filter((name) => !left.has(name));
  const goneRules = spec.contract.rules.filter((rule) => !rules.includes(rule)).map(({ id }) => id);
  const notes = [
    ...(gone.length === 0 ? [] : [`${listNames(gone)} ${gone.length === 1 ? 'is' : 'are'} gone.`]),
    ...(goneRules.length === 0
      ? []
      : [`Gone with ${gone.length === 1 ? 'it' : 'them'}: rule ${listNames(goneRules)}.`]),
    ...(spec.target !== null && target === null ? [`The file has no ${spec.target.column}: the target stays.`] : []),
  ];
  return { spec: { ...spec, features, target, entity, eventTime, contract: { ...spec.contract, rules } }, notes };
}

/** Without the rules that the columns cannot have any more, being of another kind; each is told. */
function withoutUnfit(spec: RowsSpec): Followed {
  const problemOf = (rule: ContractRule) => checkRules({ ...spec, contract: { ...spec.contract, rules: [rule] } })[0];
  const notes: string[] = [];
  const rules = spec.contract.rules.filter((rule) => {
    const problem = problemOf(rule);
    if (problem !== undefined) notes.push(`Rule ${rule.id} goes: ${problem.message}.`);
    return problem === undefined;
  });
  return { spec: { ...spec, contract: { ...spec.contract, rules } }, notes };
}

/** What the rows of the file break; rules about a target that is not there are not asked. */
async function countsOf({ duck, table }: LookedAt, spec: RowsSpec): Promise<readonly RuleCount[]> {
  const asked = new Set(columnsOf(spec));
  const rules: readonly ContractRule[] = spec.contract.rules.filter(
    // Of a view nothing is at hand here: its rules stay as they are.
    (rule) => !isAboutView(rule) && columnsNamedBy(rule).every((name) => asked.has(name)),
  );
  const options = { unlabelled: 'allow', nowMs: Date.now() } as const;
  const report = await validateTable(duck, table, { ...spec, contract: { ...spec.contract, rules } }, options);
  return report.ruleCounts;
}

type Broken = (kind: string) => RuleCount | undefined;

interface Changed {
  readonly feature: FeatureSpec;
  readonly notes: readonly string[];
}

async function changedFeature(look: LookedAt, feature: FeatureSpec, counts: readonly RuleCount[]): Promise<Changed> {
  const { name } = feature;
  const broken: Broken = (kind) => counts.find(({ ruleId }) => ruleId === `${name}.${kind}`);
  const type = broken('type');
  if (type !== undefined) return ofOtherKind(look, feature, type);
  const missing = broken('missing');
  const present = missing === undefined ? feature : { ...feature, missing: 'allow' as const };
  const notes = missing === undefined ? [] : [`${name} has no value in ${sayWhere(missing)}: it may be missing now.`];
  const changed = await changerOf(present.kind).change(look, present, broken);
  return { feature: changed.feature, notes: [...notes, ...changed.notes] };
}

/** What a kind changes for the rules that are broken. Methods, so that those of one kind stand for any. */
interface Changer<Feature extends FeatureSpec = FeatureSpec> {
  change(look: LookedAt, feature: Feature, broken: Broken): Promise<Changed>;
}

const asItIs = async (_: LookedAt, feature: FeatureSpec): Promise<Changed> => Promise.resolve({ feature, notes: [] });

const changers: { readonly [Kind in FeatureKind]: Changer<FeatureOf<Kind>> } = {
  number: { change: async (look, feature, broken) => Promise.resolve(wider(look, feature, broken)) },
  category: { change: withMoreValues },
  boolean: { change: asItIs },
  time: { change: asItIs },
};

function changerOf(kind: FeatureKind): Changer {
  return changers[kind];
}

/** What the cells are, where that is another kind; single cells that do not fit change nothing. */
function ofOtherKind({ scans }: LookedAt, feature: FeatureSpec, type: RuleCount): Changed {
  const { name, kind, about } = feature;
  const scan = scans.filter((one) => one.name === name);
  const [other] = inferFeatures(scan, { target: '', named: [], clocks: new Set() }).features;
  const where = sayWhere(type);
  if (other === undefined || other.kind === kind)
    return { feature, notes: [`${name} is no ${kind} in ${where}; it stays one.`] };
  return {
    feature: { ...other, ...(about === undefined ? {} : { about }) },
    notes: [`${name} is no ${kind} in ${where}: ${other.kind} now.`],
  };
}

async function withMoreValues(look: LookedAt, feature: CategoryFeature, broken: Broken): Promise<Changed> {
  const { name, values } = feature;
  const outside = broken('values');
  if (outside === undefined || values === undefined) return { feature, notes: [] };
  const found = await valuesOf(look, name, values.length + newValuesMax + 1);
  const more = found.filter((value) => !values.includes(value));
  if (more.length > newValuesMax)
    return { feature, notes: [`${name} has more than ${newValuesMax} new values; its set stays.`] };
  return {
    feature: { ...feature, values: [...values, ...more] },
    notes: [`${name} has ${sayMany(more.length, 'new value')} in ${sayWhere(outside)}: ${listNames(more)}.`],
  };
}

function wider({ scans }: LookedAt, feature: NumberFeature, broken: Broken): Changed {
  const { name } = feature;
  const scan = scans.find((one) => one.name === name);
  const [outside, fraction] = [broken('range'), broken('integer')];
  const notes: string[] = [];
  let changed = feature;
  if (outside !== undefined && scan !== undefined) {
    const { min, max } = changed;
    const low = min === undefined || scan.min === null ? {} : { min: Math.min(min, scan.min) };
    const high = max === undefined || scan.max === null ? {} : { max: Math.max(max, scan.max) };
    changed = { ...changed, ...low, ...high };
    notes.push(`${name} lies outside of its bounds in ${sayWhere(outside)}: they are wider now.`);
  }
  if (fraction !== undefined) {
    const { integer: _, ...rest } = changed;
    changed = rest;
    notes.push(`${name} is no whole number in ${sayWhere(fraction)}: any number now.`);
  }
  return { feature: changed, notes };
}

function sayWhere({ rows, line }: RuleCount): string {
  return `${sayMany(rows, 'row')}${line === null ? '' : `, first on line ${line}`}`;
}
