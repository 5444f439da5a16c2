import { kindOf } from '../../domain/features/kind-of.ts';
import type { LeakageColumn } from '../../domain/training/leakage/columns.ts';
import { withoutAllowed } from '../../domain/training/leakage/allowance.ts';
import { leakageRefusal } from '../../domain/training/leakage/refusal.ts';
import { suspectLeakage } from '../../domain/training/leakage/suspect.ts';
import type { LeakageSuspicion } from '../../domain/training/leakage/suspicion.ts';
import { usualLeakage } from '../../domain/spec/parts/leakage-spec.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { classesOf } from '../../domain/tasks/task-of.ts';
import type { TrainingTable } from './table.ts';

/** Rows that are asked, evenly from all of them: the cost does not grow with the history. */
const rowsMax = 50_000;

/**
 * Which features look as if they knew the target, without those that the definition or a person lets go (`allowed`, by
 * the names of suspicions). Throws `leakage_suspected` with the evidence where the definition does not say that
 * suspicions are only noted.
 */
export function checkLeakage(
  spec: ModelSpec,
  table: TrainingTable,
  allowed: readonly string[],
): readonly LeakageSuspicion[] {
  const { action, suspectFrom, allow } = spec.leakage ?? usualLeakage;
  const found = suspectLeakage(rowsOf(spec, table), { explained: suspectFrom });
  const open = withoutAllowed(found, allowed).filter(({ column }) => !allow.includes(column));
  if (open.length === 0 || action === 'note') return open;
  throw leakageRefusal(open);
}

function rowsOf(spec: ModelSpec, { rows, labels, eventTimeMs, columns }: TrainingTable) {
  const everyNth = Math.max(1, Math.ceil(rows / rowsMax));
  const count = Math.floor(rows / everyNth);
  const numbers = (values: Float64Array): Float64Array =>
    Float64Array.from({ length: count }, (_, row) => values[row * everyNth] ?? Number.NaN);
  const features = spec.features.flatMap(({ name, kind }): LeakageColumn[] => {
    const column = columns.byName.get(name);
    if (column === undefined) return [];
    const isTime = kindOf(kind).isInstant;
    if ('numbers' in column) return [{ name, isTime, numbers: numbers(column.numbers) }];
    return [{ name, isTime, texts: Array.from({ length: count }, (_, row) => column.texts[row * everyNth] ?? null) }];
  });
  return {
    features,
    targetName: spec.target.column,
    labels: numbers(labels),
    classCount: classesOf(spec.target).length,
    eventTimeMs: eventTimeMs === null ? null : numbers(eventTimeMs),
  };
}
