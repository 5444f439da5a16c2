import { createSegmentSink } from '../../../src/db/traffic/store/store-segment.ts';
import type { SpoolRecord } from '../../../src/domain/record/records.ts';
import { labelRecord, predictionRecord, proxyRecord } from '../spool-records.ts';
import type { Walk } from './activity-walks.ts';
import type { GrowthWorld } from './growth-world.ts';
import { agedModel as model } from './history-size.ts';
import { testEntities } from '../entity-names.ts';

/** A segment on its way into the tables: new answers, labels of old and new ones, a repeat, a correction, proxies. */
export function storeWalks(world: GrowthWorld): readonly Walk[] {
  const sink = createSegmentSink({
    entities: testEntities,
    database: world.deps.database,
    profileOf: () => Promise.resolve(null),
    specOf: () => Promise.resolve(world.spec),
  });
  const ids = Array.from({ length: 20 }, (_, i) => `new-${i}`);
  const records: readonly SpoolRecord[] = [
    ...ids.map(predictionOf),
    ...ids.map((id, i) => labelOf(i % 2 === 0 ? id : `p${1 + i}`, `segment-${i}`)),
    labelOf('p1', 'l1'),
    ...ids.map((id, i) => proxyRecord(i % 2 === 0 ? id : `p${1 + i}`, 1, { model, receivedAtMs: Date.now() })),
  ];
  return [
    { name: 'store a segment', run: () => sink.store({ segmentId: 'growth', processId: 'growth', records }) },
    { name: 'store a segment again', run: () => sink.store({ segmentId: 'again', processId: 'growth', records }) },
  ];
}

function predictionOf(predictionId: string, i: number): SpoolRecord {
  return predictionRecord(predictionId, {
    model,
    requestedAtMs: Date.now(),
    eventTimeMs: i,
    entityHash: `e${i}`,
    stage: 'canary',
    routingRevision: 1_000_001,
    numbers: [1, 1],
  });
}

function labelOf(predictionId: string, labelId: string): SpoolRecord {
  return labelRecord(labelId, { model, predictionId, label: 'fraud', receivedAtMs: Date.now() });
}
