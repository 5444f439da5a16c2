import { setImmediate as nextTick } from 'node:timers/promises';
import type { LeakageColumn } from '../../domain/training/leakage/columns.ts';
import { askEach, worstFirst } from '../../domain/training/leakage/suspect.ts';
import type { LeakageSuspicion } from '../../domain/training/leakage/suspicion.ts';
import type { Sample, SampledColumn } from './read-sample.ts';
import type { ProfileRoles } from './roles.ts';

/**
 * What a training would be asked about these rows, as far as the sample shows it; empty without a target. Other work of
 * the process goes on between columns.
 */
export async function leakageOf(sample: Sample, roles: ProfileRoles): Promise<readonly LeakageSuspicion[]> {
  const column = (name: string | null): SampledColumn | undefined => sample.columns.find((one) => one.name === name);
  const target = column(roles.target?.column ?? null);
  if (roles.target === null || target === undefined) return [];
  const { classes } = roles.target;
  const labels = labelsOf(target, classes);
  const labelled = labels.flatMap((label, row) => (label === null ? [] : [row]));
  const eventTime = column(roles.eventTime);
  const rows = {
    features: roles.features.flatMap(({ name, isTime }) => {
      const found = column(name);
      return found === undefined ? [] : [{ ...rowsOf(found, labelled), isTime }];
    }),
    targetName: roles.target.column,
    labels: labelled.map((row) => labels[row] ?? 0),
    classCount: classes.length,
    eventTimeMs:
      eventTime === undefined || !('numbers' in eventTime)
        ? null
        : labelled.map((row) => eventTime.numbers[row] ?? NaN),
  };
  const found: (LeakageSuspicion | null)[] = [];
  for (const one of askEach(rows, roles.limits)) {
    found.push(one);
    // oxlint-disable-next-line no-await-in-loop -- this process answers people as well
    await nextTick();
  }
  return worstFirst(found);
}

function labelsOf(target: SampledColumn, classes: readonly string[]): (number | null)[] {
  if ('numbers' in target) return Array.from(target.numbers, (value) => (Number.isNaN(value) ? null : value));
  const places = new Map(classes.map((name, place) => [name, place]));
  return target.texts.map((text) => (text === null ? null : (places.get(text) ?? null)));
}

function rowsOf(column: SampledColumn, rows: readonly number[]): LeakageColumn {
  return 'numbers' in column
    ? { name: column.name, numbers: Float64Array.from(rows, (row) => column.numbers[row] ?? NaN) }
    : { name: column.name, texts: rows.map((row) => column.texts[row] ?? null) };
}
