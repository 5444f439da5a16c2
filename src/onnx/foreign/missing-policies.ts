import type { ForeignFindings } from '../../domain/spec/signature-of-foreign.ts';
import { columnsOf, missingColumn, type FeatureColumns } from '../run/columns.ts';
import { runModel, type LoadedModel, type Scored } from '../run/run-model.ts';
import { messageOf } from '../../domain/words/reason-of.ts';
import type { PlannedFeature } from './plan-inputs.ts';
import { refusedFile } from '../file/refused-file.ts';

/**
 * Which features may be missing: those without which the wrapped model still gives a finite answer. A row in which all
 * are missing must not throw, because that is how serving warms a model up.
 */
export async function missingPolicies(
  loaded: LoadedModel,
  features: readonly PlannedFeature[],
  probes: FeatureColumns,
): Promise<ForeignFindings['features']> {
  const nothing = columnsOf(
    2,
    features.map(({ name, kind }) => missingColumn(name, kind, 2)),
  );
  await runModel(loaded.session, nothing).catch((cause: unknown) => {
    throw refusedFile(
      `fails on a row in which everything is missing: ${messageOf(cause)}`,
      'Export it so that it gives some answer to every row of its form.',
      cause,
    );
  });
  const result: ForeignFindings['features'][number][] = [];
  for (const { isNeverMissing = false, ...feature } of features) {
    // oxlint-disable-next-line no-await-in-loop -- a session runs one batch at a time anyway
    const scored = isNeverMissing ? null : await runWithout(loaded, feature.name, probes);
    result.push({ ...feature, missing: scored?.scores.every(Number.isFinite) === true ? 'allow' : 'refuse' });
  }
  return result;
}

function runWithout(loaded: LoadedModel, name: string, probes: FeatureColumns): Promise<Scored | null> {
  const without = [...probes.byName.values()].map((column) =>
    column.name === name ? missingColumn(column.name, column.kind, probes.rows) : column,
  );
  return runModel(loaded.session, columnsOf(probes.rows, without)).catch(() => null);
}
