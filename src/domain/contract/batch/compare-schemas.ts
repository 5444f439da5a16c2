import type { HistoryRuleOf } from '../../spec/spec.ts';
import { listNames, nearestColumn } from '../../words/nearest-name.ts';
import type { SourceColumn } from '../../training/snapshot.ts';
import type { BatchFacts } from './batch-facts.ts';
import type { Found } from './batch-check.ts';

/**
 * Columns of the table as it came against those of the batch before: added ones are additive, missing and retyped ones
 * break whoever reads them. A missing name that is near an added one is probably the same column.
 */
export function compareSchemas(
  { mayAdd }: HistoryRuleOf<'schemaChange'>,
  batch: BatchFacts,
  reference: BatchFacts,
): Found {
  const [now, before] = [batch.sourceColumns, reference.sourceColumns];
  if (now === null) return { verdict: 'failed', about: 'the columns of this batch are not known' };
  if (before === null) return { verdict: 'not-yet', about: 'the columns of that batch were not kept' };
  const types = new Map(before.map(({ name, type }) => [name, type]));
  const names = new Set(now.map(({ name }) => name));
  const added = now.filter(({ name }) => !types.has(name)).map(({ name }) => name);
  const missing = before.filter(({ name }) => !names.has(name)).map(({ name }) => name);
  const retyped = now.filter(({ name, type }) => (types.get(name) ?? type) !== type);
  const isBreaking = missing.length + retyped.length > 0;
  const isBroken = isBreaking || (added.length > 0 && !mayAdd);
  const said = [
    ...missing.map((name) => () => sayMissing(name, added)),
    ...retyped.map(
      ({ name, type }) =>
        () =>
          `${name} is ${type} and was ${types.get(name) ?? ''}`,
    ),
    ...(added.length === 0 ? [] : [() => `added: ${listNames(added)}`]),
  ];
  const about = said.length === 0 ? `the same ${now.length} columns` : cutList(said);
  return { verdict: isBroken ? 'broken' : 'kept', about: `${isBreaking ? 'breaking' : 'additive'}: ${about}` };
}

const saidMax = 10;

/** Only what is shown is worked out: 2,000 renamed columns are four million pairs of names. */
function cutList(said: readonly (() => string)[]): string {
  const more = said.length - saidMax;
  return (
    said
      .slice(0, saidMax)
      .map((say) => say())
      .join('; ') + (more > 0 ? `; and ${more} more` : '')
  );
}

function sayMissing(name: string, added: readonly string[]): string {
  const near = nearestColumn(name, added);
  return `${name} is missing${near === null ? '' : ` (renamed to ${near}?)`}`;
}

/** Columns of a table, as many as a manifest keeps. */
export function keptColumns(columns: readonly SourceColumn[]): readonly SourceColumn[] {
  return columns.slice(0, sourceColumnsMax).map(({ name, type }) => ({ name, type }));
}

const sourceColumnsMax = 2_000;
