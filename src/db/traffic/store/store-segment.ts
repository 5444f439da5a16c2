import type pg from 'pg';
import { PerennialError } from '../../../domain/words/errors.ts';
import { isRows } from '../../../domain/words/extent.ts';
import type { ReferenceProfile } from '../../../domain/training/profile.ts';
import type { EntityNames } from '../../../domain/record/entity-names.ts';
import type { PredictionRecord, SpoolRecord } from '../../../domain/record/records.ts';
import { signatureOf } from '../../../domain/spec/signature.ts';
import type { ModelSpec } from '../../../domain/spec/spec.ts';
import type { Segment, SegmentSink } from '../../../serving/ports.ts';
import { closeWindow, isTimeUp, lockStream, saveStream, wakeWatch, type Stream } from './close-windows.ts';
import { withTransaction, type Database } from '../../base/connect.ts';
import { putViewUses } from '../../feature-views/put-view-uses.ts';
import { holdEntityKey } from '../../base/entity-key.ts';
import { refuseNewerSchema } from '../../base/known-schema.ts';
import { copyPredictions, type PlacedPrediction } from './copy-predictions.ts';
import { claimIds } from './claim-ids.ts';
import { countLabelledRows } from './count-labelled-rows.ts';
import { sliceFactsOf } from './count-slices.ts';
import { countSegment, type CounterDelta, type CountingFacts } from './count-segment.ts';
import { earlierNames, withKeyedEntities } from './earlier-names.ts';
import { exposeEntities } from './expose-entities.ts';
import { withoutErased } from './without-erased.ts';
import { insertLabels, type PlacedLabel } from './insert-labels.ts';
import { joinWaitingLabels } from './join-labels.ts';
import { defaultLogPlan, logPlace, type LogPlace, type LogPlan } from './log-place.ts';
import { joinWaitingProxies, putProxies, type PlacedProxy } from './put-proxies.ts';
import { mergeCounters } from './merge-counters.ts';

export interface SegmentSinkParts {
  readonly database: Pick<Database, 'pool'>;
  /**
   * The reference profile of a version; null when it cannot be had (its rows are then counted without cells). Cached by
   * the caller.
   */
  profileOf(model: string, version: number): Promise<ReferenceProfile | null>;
  /** A spec revision of a model. Cached by the caller. */
  specOf(model: string, revision: number): Promise<ModelSpec>;
  readonly entities: EntityNames;
  /** Stands for the database's clock in tests. */
  readonly nowMs?: () => number;
  /** How the log is parted; the defaults of the settings when absent. */
  readonly logPlan?: LogPlan;
}

/**
 * Stores a segment in one transaction: rows, labels, counters, exposures and windows agree always, also after `kill
 * -9`. The segment's id makes it happen once; streams are locked in the order of model names, so shippers cannot
 * deadlock.
 */
export function createSegmentSink(parts: SegmentSinkParts): SegmentSink {
  return {
    async store(segment) {
      const facts = new Map<string, ModelFacts>();
      try {
        const models = byModel(withKeyedEntities(parts.entities, segment.records));
        // Read before the transaction: no lock is held while a profile comes from the artifact store.
        for (const [model, records] of models) facts.set(model, await readFacts(parts, model, records));
        return await withTransaction(parts.database, async (tx, client) => {
          await refuseNewerSchema(client);
          const bare = await holdEntityKey(tx, parts.entities.fingerprint);
          const place = await logPlace(client, parts.logPlan ?? defaultLogPlan);
          if (!(await claim(client, segment))) return 'already';
          const now = { entities: parts.entities, mayBeBare: bare.mayBeInDatabase, nowMs: parts.nowMs };
          const late = await withoutErased(client, models);
          for (const [model, records] of late) {
            const known = facts.get(model);
            if (known !== undefined) await storeModel(client, model, records, known, { ...now, place });
          }
          return 'stored';
        });
      } catch (error) {
        throw isUnfit(error)
          ? new PerennialError('invalid_data', `segment ${segment.segmentId} cannot be stored: ${messageOf(error)}`, {
              cause: error,
            })
          : error;
      }
    },
  };
}

interface ModelFacts extends CountingFacts {
  /** Of the newest revision in the segment; null when the segment has no predictions of the model. */
  readonly newest: ModelSpec | null;
}

interface StoredNow {
  readonly entities: EntityNames;
  readonly nowMs: SegmentSinkParts['nowMs'];
  readonly place: LogPlace;
  /** Whether rows of an earlier release may stand in the database under bare hashes. */
  readonly mayBeBare: boolean;
}

async function claim(client: pg.PoolClient, segment: Segment): Promise<boolean> {
  const { rowCount } = await client.query('insert into segment (segment_id) values ($1) on conflict do nothing', [
    segment.segmentId,
  ]);
  return rowCount === 1;
}

async function storeModel(
  client: pg.PoolClient,
  model: string,
  records: readonly SpoolRecord[],
  facts: ModelFacts,
  now: StoredNow,
): Promise<void> {
  const stream = await lockStream(client, model);
  const nowMs = now.nowMs?.() ?? stream.nowMs;
  // Another process may have seen the next part begin before this one got the lock.
  stream.part = Math.max(stream.part, now.place.part);
  const place = { ...now.place, part: stream.part };
  const extent = await windowExtent(client, model, facts.newest);
  if (extent !== null && isTimeUp(extent, stream, nowMs)) await closeWindow(client, stream, nowMs);
  const firstSeq = stream.lastSeq;
  const { predictions, labels, proxies } = placed(stream, records, {
    predictions: new Set(await claimIds(client, 'prediction', model, idsOf(records, 'prediction'), place)),
    labels: new Set(await claimIds(client, 'label', model, idsOf(records, 'label'), place)),
  });
  await copyPredictions(client, predictions, place.part);
  await putViewUses(
    client,
    model,
    predictions.map(({ record }) => record),
  );
  const earlierName = earlierNames(now.entities, now.mayBeBare);
  const newLabels = await insertLabels(client, model, labels, { ...place, earlierName });
  stream.labels += newLabels.length;
  await joinWaitingLabels(client, model, predictions, { ...place, earlierName });
  await putProxies(client, model, proxies);
  if ((facts.newest?.watch.proxies ?? []).length > 0) await joinWaitingProxies(client, model, predictions);
  const hasPredictions = predictions.length > 0 && stream.labels > 0;
  stream.labelledRows += await countLabelledRows(client, model, { firstSeq, hasPredictions, newLabels });
  if (predictions.length > 0) {
    await mergeCounters(client, model, counted(predictions, facts));
    const rollout = facts.newest?.rollout;
    if (rollout !== undefined)
      await exposeEntities(client, model, predictions, {
        kinds: rollout.failures,
        slowUs: rollout.slowMs * 1_000,
        entities: now.entities,
      });
  }
  // After the whole segment: it is never split over two windows, so its counters belong to one.
  if (extent !== null && isRows(extent) && stream.openRows >= extent.rows) await closeWindow(client, stream, nowMs);
  await saveStream(client, stream);
  if (stream.correctionDue !== null && stream.labelledRows >= stream.correctionDue)
    await wakeWatch(client, model, stream.openWindow);
  await client.query("select pg_notify('perennial_segment', $1)", [JSON.stringify({ model, lastSeq: stream.lastSeq })]);
}

/** Nothing is read or written here: what fails for these records would fail for them with every attempt. */
function counted(predictions: readonly PlacedPrediction[], facts: CountingFacts): readonly CounterDelta[] {
  try {
    return countSegment(predictions, facts);
  } catch (error) {
    if (error instanceof PerennialError) throw error;
    throw new PerennialError('invalid_data', `records cannot be counted: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Walks the records in the order in which they happened: predictions get positions, labels the position they came at.
 * A client that retries with the same id counts once, with its first record: `fresh` ids are taken as they are met.
 */
function placed(
  stream: Stream,
  records: readonly SpoolRecord[],
  fresh: { readonly predictions: Set<string>; readonly labels: Set<string> },
): { predictions: PlacedPrediction[]; labels: PlacedLabel[]; proxies: PlacedProxy[] } {
  const predictions: PlacedPrediction[] = [];
  const labels: PlacedLabel[] = [];
  const proxies: PlacedProxy[] = [];
  for (const entry of records) {
    if (entry.type === 'proxy') {
      proxies.push({ record: entry.record, knownSeq: stream.lastSeq, knownWindow: stream.openWindow });
    } else if (entry.type === 'label') {
      if (fresh.labels.delete(entry.record.labelId))
        labels.push({ record: entry.record, knownSeq: stream.lastSeq, knownWindow: stream.openWindow });
    } else if (fresh.predictions.delete(entry.record.predictionId)) {
      stream.lastSeq++;
      stream.openRows++;
      predictions.push({ record: entry.record, seq: stream.lastSeq, window: stream.openWindow });
    }
  }
  return { predictions, labels, proxies };
}

function idsOf(records: readonly SpoolRecord[], kind: 'prediction' | 'label'): readonly string[] {
  return records.flatMap((entry) => {
    if (entry.type !== kind) return [];
    return [entry.type === 'label' ? entry.record.labelId : entry.record.predictionId];
  });
}

/**
 * The window that the latest applied spec asks for; without a model row (it was never applied here) that of the
 * records.
 */
async function windowExtent(
  client: pg.PoolClient,
  model: string,
  newest: ModelSpec | null,
): Promise<ModelSpec['watch']['window'] | null> {
  const { rows } = await client.query<{ extent: ModelSpec['watch']['window'] | null }>(
    "select r.spec->'watch'->'window' as extent from model m join spec_revision r on r.model = m.name and r.revision " +
      '= m.spec_revision where m.name = $1',
    [model],
  );
  return rows[0]?.extent ?? newest?.watch.window ?? null;
}

async function readFacts(parts: SegmentSinkParts, model: string, records: readonly SpoolRecord[]): Promise<ModelFacts> {
  const predictions = records.flatMap((entry): PredictionRecord[] =>
    entry.type === 'prediction' ? [entry.record] : [],
  );
  const profiles = new Map<number, ReferenceProfile | null>();
  for (const version of new Set(predictions.map((record) => record.version)))
    profiles.set(version, await parts.profileOf(model, version));
  const specs = new Map<number, ModelSpec>();
  for (const revision of new Set(predictions.map((record) => record.specRevision)))
    specs.set(revision, await parts.specOf(model, revision));
  const signatures = new Map([...specs].map(([revision, spec]) => [revision, signatureOf(spec)]));
  const byName = <Column extends { readonly name: string }>(list: readonly Column[]) =>
    new Map(list.map((column) => [column.name, column]));
  const columns = new Map([...signatures].map(([revision, signature]) => [revision, byName(signature.columns)]));
  const derived = new Map([...signatures].map(([revision, signature]) => [revision, byName(signature.derived ?? [])]));
  const slices = new Map([...specs].map(([revision, spec]) => [revision, sliceFactsOf(spec)]));
  const newest = specs.get(Math.max(...specs.keys())) ?? null;
  return {
    newest,
    profile: (version) => profiles.get(version) ?? null,
    columns: (revision) => required(columns.get(revision), model, revision),
    derived: (revision) => required(derived.get(revision), model, revision),
    slowUs: (revision) => required(specs.get(revision), model, revision).rollout.slowMs * 1_000,
    slices: (revision) => required(slices.get(revision), model, revision),
  };
}

function required<T>(value: T | undefined, model: string, revision: number): T {
  if (value === undefined) throw new PerennialError('model_not_found', `${model} has no spec revision ${revision}`);
  return value;
}

/** In the order of model names: every shipper locks streams in this order. */
function byModel(records: readonly SpoolRecord[]): ReadonlyMap<string, readonly SpoolRecord[]> {
  const groups = new Map<string, SpoolRecord[]>();
  for (const entry of records) {
    const { model } = entry.record;
    const group = groups.get(model);
    if (group === undefined) groups.set(model, [entry]);
    else group.push(entry);
  }
  return new Map([...groups].toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/**
 * What the database refuses because of the data itself (class 22, 23) or what names an unknown spec would be refused
 * for ever.
 */
function isUnfit(error: unknown): boolean {
  if (error instanceof PerennialError) return error.code === 'model_not_found';
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^2[23][0-9A-Z]{3}$/.test(code);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
