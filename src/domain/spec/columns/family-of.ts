import { taskOf } from '../../tasks/task-of.ts';
import { declaredWords } from '../declared-words.ts';
import type { RowsSpec } from './rows-spec.ts';
import type { FeatureKind } from '../spec.ts';

/** What the cells of a declared column are compared as. */
export type ColumnFamily = 'amount' | 'text' | 'truth' | 'instant';

const familyOfKind: Record<FeatureKind, ColumnFamily> = {
  number: 'amount',
  category: 'text',
  boolean: 'truth',
  time: 'instant',
};

/** Of a feature by its kind; labels of classes and entities are text, and a bare event time is a time. */
export function familyOf(spec: RowsSpec, column: string): ColumnFamily {
  const feature = spec.features.find(({ name }) => name === column);
  if (feature !== undefined) return familyOfKind[feature.kind];
  if (spec.target !== null && column === spec.target.column)
    return taskOf(spec.target.task).hasClasses ? 'text' : 'amount';
  return column === spec.entity?.column ? 'text' : 'instant';
}

/** Why a column is never compared with a constant in a way that means something, and the way out; null when it is. */
export function misfitOf(
  spec: RowsSpec,
  column: string,
  { op, value }: { readonly op: string; readonly value: number | string | boolean },
): { readonly message: string; readonly fix: string } | null {
  const said = JSON.stringify(value);
  const family = familyOf(spec, column);
  if (!fits[family](value) && !isDeclared(spec, column, value))
    return { message: `${column} is ${familyWords[family]} and ${said} is none`, fix: constantFixes[family] };
  const { words, isClosed } = declaredWords(spec, column);
  if (!isClosed || (op !== '=' && op !== '!=') || words.includes(String(value))) return null;
  return {
    message: `${said} is none of the declared values of ${column}, so that the rule decides nothing`,
    fix: `Use one of: ${words.slice(0, 8).join(', ')}${words.length > 8 ? ', …' : ''}.`,
  };
}

/** ISO 8601 with months and hours that there are; a day that its month has not is the engine's to find. */
const day = String.raw`\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])`;
const clock = String.raw`([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?`;
const iso = new RegExp(`^${day}([T ]${clock})?$`);

const fits: Record<ColumnFamily, (value: number | string | boolean) => boolean> = {
  amount: (value) => typeof value !== 'boolean' && String(value).trim() !== '' && Number.isFinite(Number(value)),
  text: (value) => typeof value === 'string',
  truth: (value) => typeof value === 'boolean' || value === 'true' || value === 'false',
  instant: (value) => typeof value === 'number' || (typeof value === 'string' && iso.test(value)),
};

const familyWords: Record<ColumnFamily, string> = {
  amount: 'a number',
  text: 'text',
  truth: 'true or false',
  instant: 'a time',
};

const constantFixes: Record<ColumnFamily, string> = {
  amount: 'Use a number.',
  text: 'Use a string.',
  truth: 'Use true or false.',
  instant: "Use an ISO 8601 time such as '2026-05-03T14:03:00Z', or epoch milliseconds.",
};

/** A class `1` may be written as a number. */
function isDeclared(spec: RowsSpec, column: string, value: number | string | boolean): boolean {
  return declaredWords(spec, column).words.includes(String(value));
}
