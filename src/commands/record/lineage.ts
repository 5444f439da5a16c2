import { authorise } from '../../access/principal.ts';
import { isInScope } from '../../access/scope.ts';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { createSealedLog } from '../../data/sealed/read-sealed.ts';
import { createLineageReader } from '../../db/lineage/lineage-reader.ts';
import { snapshotsNamed } from '../../db/models/snapshot-list.ts';
import { readModel } from '../../db/models/specs.ts';
import {
  formatLineageName,
  parseLineageName,
  type Lineage,
  type LineageDirection,
  type LineageName,
} from '../../domain/record/lineage/lineage.ts';
import { findCurrentView } from '../../db/feature-views/read-views.ts';
import { createViewLineageReader } from '../../db/lineage/view-lineage-reader.ts';
import { traceLineage } from '../../domain/record/lineage/trace.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext } from '../base/context.ts';

/**
 * Where something of a model, or of a feature view, came from, and what came of it. Throws `forbidden`,
 * `model_not_found`, `invalid_request` for a name that is none, `not_found`, and for a prediction `unavailable` in a
 * process without an artifact store.
 */
export async function lineage(
  { principal, database: { db } }: CommandContext,
  model: string,
  asked: { readonly of: string; readonly direction: LineageDirection },
  { store }: { readonly store?: Pick<ArtifactStore, 'pathOf'> },
): Promise<Lineage> {
  authorise(principal, 'read', model);
  const of = await wholeName(db, model, nameIn(asked.of));
  // As `prediction show`: rows may be personal.
  if (of.kind === 'prediction') authorise(principal, 'operate', model);
  if (of.kind === 'prediction' && store === undefined)
    throw new PerennialError('unavailable', 'This process has no artifact store.', {
      hint: 'Set PERENNIAL_ARTIFACT_DIR for the control process.',
    });
  const sealed = createSealedLog(store ?? { pathOf: () => Promise.reject(notHere(of)) });
  const canSee = (other: string): boolean => isInScope(principal.scope, other);
  if ((await findCurrentView(db, model)) !== null) {
    const found = await traceLineage(
      createViewLineageReader(db, { view: model, canSee }, sealed),
      model,
      of,
      asked.direction,
    );
    if (found !== null) return { ...found, isOfView: true };
    throw notHere(of);
  }
  await readModel(db, model);
  const seen = { model, canSee };
  // What is asked about is the model's own; only the way from it leads to others.
  const own = createLineageReader(db, { model, canSee: () => false }, sealed);
  if ((await own.describe(of)) === null) throw notHere(of);
  const found = await traceLineage(createLineageReader(db, seen, sealed), model, of, asked.direction);
  if (found !== null) return { ...found, isOfView: false };
  throw notHere(of);
}

function nameIn(text: string): LineageName {
  const name = parseLineageName(text);
  if (name !== null) return name;
  throw new PerennialError('invalid_request', 'This names nothing that has a lineage.', {
    path: 'of',
    hint: 'Name a version (v3), a window (w12), a digest, the id of a run, or kind:key such as prediction:order-4711.',
  });
}

/** A digest may be cut, as everywhere. */
async function wholeName(db: CommandContext['database']['db'], model: string, name: LineageName): Promise<LineageName> {
  if (name.kind !== 'snapshot' || !/^[0-9a-f]{8,63}$/.test(name.key)) return name;
  const found = (await snapshotsNamed(db, name.key, 100)).filter((one) => one.model === model);
  return found.length === 1 && found[0] !== undefined ? { kind: 'snapshot', key: found[0].digest } : name;
}

function notHere(of: LineageName): PerennialError {
  return new PerennialError('not_found', `There is no ${formatLineageName(of)} of this model.`, {
    path: 'of',
    hint: '`perennial history` and `perennial snapshot list` say what there is.',
  });
}
