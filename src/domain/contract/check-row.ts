import { boundsOf, isText, valuesOf } from '../features/kind-of.ts';
import type { FeatureSpec, ModelSpec, TaskName } from '../spec/spec.ts';
import { classesOf, taskOf } from '../tasks/task-of.ts';

/** Answers the ids of the rules that set a row aside; none where it is accepted. */
export type RowCheck = (row: Readonly<Record<string, unknown>>) => readonly string[];

/**
 * What the contract says of a single row, compiled once: for whoever must answer at once. It knows the types, missing
 * values, closed sets, ranges and labels; what needs other rows, or the engine, is found when the rows are ingested.
 */
export function compileRowCheck(spec: ModelSpec): RowCheck {
  const checks = [...spec.features.flatMap(checksOf), ...labelChecks(spec)];
  return (row) => checks.filter(({ column, isBroken }) => isBroken(cellOf(row, column))).map(({ id }) => id);
}

interface Check {
  readonly id: string;
  readonly column: string;
  readonly isBroken: (cell: unknown) => boolean;
}

/** Null for what is missing: nothing, null, or the empty text. */
function cellOf(row: Readonly<Record<string, unknown>>, column: string): unknown {
  const cell = Object.hasOwn(row, column) ? row[column] : null;
  return cell === undefined || cell === '' ? null : cell;
}

function checksOf(feature: FeatureSpec): readonly Check[] {
  const { name: column } = feature;
  const check = (rule: string, isBroken: Check['isBroken']): Check => ({ id: `${column}.${rule}`, column, isBroken });
  const values = valuesOf(feature);
  const { min = -Infinity, max = Infinity, integer = false } = boundsOf(feature);
  return [
    check('type', (cell) => cell !== null && !typeTests[feature.kind](cell)),
    ...(feature.missing === 'refuse' ? [check('missing', (cell) => cell === null)] : []),
    ...(values === null ? [] : [check('values', isOutside(new Set(values)))]),
    ...(isText(feature)
      ? []
      : [
          check('range', (cell) => numberOf(cell) < min || numberOf(cell) > max),
          ...(integer ? [check('integer', (cell) => Number.isFinite(numberOf(cell)) && numberOf(cell) % 1 !== 0)] : []),
        ]),
  ];
}

function isOutside(values: ReadonlySet<string>): Check['isBroken'] {
  return (cell) => cell !== null && typeof cell !== 'object' && !values.has(String(cell));
}

const typeTests: Record<FeatureSpec['kind'], (cell: unknown) => boolean> = {
  number: (cell) => Number.isFinite(numberOf(cell)),
  category: (cell) => typeof cell !== 'object',
  boolean: (cell) => /^(?:true|false|t|f|yes|no|y|n|0|1|0\.0|1\.0)$/i.test(String(cell)),
  time: (cell) => typeof cell === 'number' || typeof cell === 'string',
};

/** NaN for what is no number; text that is one counts, as it does in a file. */
function numberOf(cell: unknown): number {
  if (typeof cell === 'number') return cell;
  return typeof cell === 'string' && /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(cell) ? Number(cell) : NaN;
}

/** A row that nothing is learnt from is set aside. */
function labelChecks({ target }: ModelSpec): readonly Check[] {
  const { column, task } = target;
  const { labels } = taskOf(task);
  const classes = classesOf(target);
  return [
    { id: `${column}.missing`, column, isBroken: (cell) => cell === null },
    {
      id: `${column}.${labelRules[task]}`,
      column,
      isBroken: (cell) => cell !== null && (!isPlain(cell) || labels.textOf(cell, classes) === null),
    },
  ];
}

const labelRules: Record<TaskName, 'label' | 'type'> = { binary: 'label', multiclass: 'label', regression: 'type' };

function isPlain(cell: unknown): cell is string | number | boolean {
  return typeof cell === 'string' || typeof cell === 'number' || typeof cell === 'boolean';
}
