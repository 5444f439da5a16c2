import { batchRuleSeverities, ruleSeverities, type RuleSeverity } from '../../domain/spec/closed-sets.ts';
import type { Reader } from './reader.ts';

const warning = /^(?:warn|warning|info|informational|notice|low|minor)$/i;

/** The severity of a check in our words; every other word is read as one of them, and that is told. */
export function takeSeverity(reader: Reader, about: 'rows' | 'batch'): RuleSeverity {
  const known: readonly RuleSeverity[] = about === 'rows' ? ruleSeverities : batchRuleSeverities;
  const given = reader.takeText('severity');
  const same = known.find((severity) => severity === given);
  if (same !== undefined) return same;
  const hard = about === 'rows' ? 'quarantine' : 'reject';
  const severity = given !== null && warning.test(given) ? 'warn' : hard;
  reader.note(
    given === null ? `has no severity: taken as ${severity}` : `${JSON.stringify(given)} is ${severity} here`,
    {
      at: 'severity',
    },
  );
  return severity;
}
