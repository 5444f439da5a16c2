import { version } from '@duckdb/node-api';
import { digestOfJson } from '../../artifacts/digest.ts';
import type { ContractRule, ModelSpec } from '../../domain/spec/spec.ts';
import { withoutReading } from '../../domain/spec/columns/declared-reading.ts';
import { contractDigest } from '../snapshot/contract-digest.ts';

/** To be raised when rows are exported or typed in another way than before. */
const layoutVersion = 1;

/** Names how rows of traffic are read and typed under a definition: those of another layout must be exported anew. */
export function layoutOf(spec: ModelSpec): string {
  return digestOfJson({ layoutVersion, engine: version(), contract: contractDigest(asLogged(spec), null) });
}

/**
 * Logged rows were answered when they came: the rules about single rows are counted, none is set aside for them, and a
 * row that cannot be typed stops no training. What their times are is known, however files write them.
 */
export function asLogged(spec: ModelSpec): ModelSpec {
  const rules = spec.contract.rules.filter((rule) => rule.rule === 'compare' && !namesHashedEntity(spec, rule));
  // What a request brought is what a model saw, wherever it had it from.
  const features = spec.features.map((feature) => {
    const { from: _, ...own } = withoutReading(feature);
    return own;
  });
  const eventTime = spec.eventTime === null ? null : { column: spec.eventTime.column };
  // What was logged was repaired when it came.
  const { repairs: _, ...rest } = spec;
  return { ...rest, features, eventTime, contract: { rules, quarantineShareMax: 1 } };
}

type CompareRule = Extract<ContractRule, { readonly rule: 'compare' }>;

/** Of an entity that is no feature the log has the hash only. */
function namesHashedEntity({ entity, features }: ModelSpec, rule: CompareRule): boolean {
  if (entity === null || features.some(({ name }) => name === entity.column)) return false;
  return rule.left === entity.column || ('column' in rule.right && rule.right.column === entity.column);
}
