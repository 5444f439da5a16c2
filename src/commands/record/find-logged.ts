import { authorise } from '../../access/principal.ts';
import type { LoggedPrediction, PredictionQuery } from '../../contracts/http/predictions.ts';
import { createSealedLog } from '../../data/sealed/read-sealed.ts';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { bareEntities } from '../../db/base/entity-key.ts';
import { readSpecRevision } from '../../db/models/specs.ts';
import type { Db } from '../../db/base/connect.ts';
import { viewUsesOf } from '../../db/feature-views/view-standings.ts';
import { proxiesOf } from '../../db/traffic/read/proxies.ts';
import {
  findPredictions,
  trainingsOf,
  type FoundPrediction,
  type PredictionKey,
} from '../../db/traffic/read/find-predictions.ts';
import { isText, kindOf } from '../../domain/features/kind-of.ts';
import type { EntityNames } from '../../domain/record/entity-names.ts';
import type { SealedPrediction } from '../../domain/record/sealed.ts';
import { signatureOf } from '../../domain/spec/signature.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext } from '../base/context.ts';

/** Where logged rows are looked for beside Postgres, and under which names; absent where a process has none. */
export interface LogPlaces {
  readonly store?: Pick<ArtifactStore, 'pathOf'>;
  readonly entities?: EntityNames;
}

/**
 * Logged predictions by id or by entity, newest first, wherever they stand. Throws `forbidden`, `invalid_request`
 * unless just one of the two is given, `unavailable` in a process without an artifact store or a key, and
 * `configuration` in one with another key.
 */
export async function findLogged(
  { principal, database: { db } }: CommandContext,
  model: string,
  { id, entity, limit }: PredictionQuery,
  { store, entities }: LogPlaces,
): Promise<readonly LoggedPrediction[]> {
  // Rows may be personal: whoever may read a model may not for that reason read whom it was asked about.
  authorise(principal, 'operate', model);
  if ((id === undefined) === (entity === undefined))
    throw new PerennialError('invalid_request', 'A prediction is found by id or by entity.', {
      path: 'id',
      hint: 'Give `id` or `entity`, and not both.',
    });
  if (store === undefined)
    throw new PerennialError('unavailable', 'This process has no artifact store.', {
      hint: 'Set PERENNIAL_ARTIFACT_DIR for the control process.',
    });
  const key = id === undefined ? await entityKey(db, entities, model, entity ?? '') : { id };
  const found = await findPredictions(db, createSealedLog(store), model, key, limit);
  return Promise.all(found.map((one) => shown(db, model, one)));
}

/** Under the key, and bare as well in an installation that has stored bare hashes once. */
async function entityKey(
  db: Db,
  entities: EntityNames | undefined,
  model: string,
  entity: string,
): Promise<PredictionKey> {
  if (entities === undefined)
    throw new PerennialError('unavailable', 'This process has no installation key to find entities by.', {
      hint: 'Set PERENNIAL_INSTALLATION_KEY_FILE for the control process.',
    });
  const { mayBeAnywhere } = await bareEntities(db, entities.fingerprint);
  const hash = entities.hashOf(model, entity);
  return { entityHashes: mayBeAnywhere ? [hash, entities.bare(hash)] : [hash] };
}

async function shown(db: Db, model: string, { row, labels, isSealed }: FoundPrediction): Promise<LoggedPrediction> {
  const { spec } = await readSpecRevision(db, model, row.spec_revision);
  return {
    predictionId: row.prediction_id,
    model,
    seq: row.seq,
    window: row.window_number,
    requestedAt: new Date(row.requested_at_ms).toISOString(),
    eventTimeMs: row.event_time_ms,
    entityHash: row.entity_hash,
    features: featuresOf(spec, row),
    version: row.version,
    arm: row.arm,
    stage: row.stage,
    correction: row.correction,
    specRevision: row.spec_revision,
    routingRevision: row.routing_revision,
    scores: [...row.scores],
    rawScores: row.raw_scores === null ? null : [...row.raw_scores],
    decision: row.decision,
    other:
      row.other_version === null
        ? null
        : { version: row.other_version, scores: row.other_scores === null ? null : [...row.other_scores] },
    failed: row.failed,
    latencyUs: row.latency_us,
    labels: labels.map((label) => ({
      labelId: label.label_id,
      label: label.label,
      receivedAt: new Date(label.received_at_ms).toISOString(),
      knownWindow: label.known_window,
    })),
    proxies: (await proxiesOf(db, model, row.prediction_id)).map(({ receivedAtMs, ...said }) => {
      return { ...said, receivedAt: new Date(receivedAtMs).toISOString() };
    }),
    trainings: [...(await trainingsOf(db, model, row, labels))],
    views: (await viewUsesOf(db, model, row.prediction_id)).map((use) => ({ ...use })),
    storedIn: isSealed ? 'sealed' : 'database',
  };
}

/** What was asked, by name; a missing value is null. */
function featuresOf(spec: ModelSpec, row: SealedPrediction): LoggedPrediction['features'] {
  return Object.fromEntries(
    signatureOf(spec).columns.map(({ name, kind, index }) => {
      if (isText({ kind })) return [name, row.texts[index] ?? null];
      const value = row.numbers[index];
      if (value === undefined || Number.isNaN(value)) return [name, null];
      const cell: unknown = kindOf(kind).cellOf(value);
      return [name, typeof cell === 'boolean' || typeof cell === 'string' ? cell : value];
    }),
  );
}
