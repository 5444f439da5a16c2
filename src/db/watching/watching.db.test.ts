import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { lockStream, saveStream } from '../traffic/store/close-windows.ts';
import { withTransaction } from '../base/connect.ts';
import { copyPredictions } from '../traffic/store/copy-predictions.ts';
import { insertLabels } from '../traffic/store/insert-labels.ts';
import { recentScores } from '../traffic/read/recent-scores.ts';
import type { PredictionRecord } from '../../domain/record/records.ts';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';

const { database } = await openTestDatabase();

interface Row {
  readonly version: number;
  readonly scores: readonly number[];
  readonly raw?: readonly number[];
  readonly other?: { readonly version: number; readonly scores: readonly number[] | null };
  /** Labels with the window in which each became known. */
  readonly labels: readonly (readonly [label: string, knownWindow: number])[];
}

/** Rows of a model of their own, one window per row. */
async function store(rows: readonly Row[]): Promise<string> {
  const model = `m-${randomUUID()}`;
  await withTransaction(database, async (_, client) => {
    const stream = await lockStream(client, model);
    await copyPredictions(
      client,
      rows.map((row, i) => ({ record: recordOf(model, i, row), seq: i + 1, window: i + 1 })),
      1,
    );
    const labels = rows.flatMap((row, i) =>
      row.labels.map(([label, knownWindow]) => ({ knownWindow, predictionId: String(i), label })),
    );
    // In the order in which they became known, as they come in life.
    for (const { knownWindow, predictionId, label } of labels.toSorted((a, b) => a.knownWindow - b.knownWindow)) {
      const record = {
        labelId: randomUUID(),
        model,
        predictionId,
        entityHash: null,
        isEntityKeyed: true,
        eventTimeMs: null,
        label,
        receivedAtMs: 0,
      };
      await insertLabels(client, model, [{ record, knownSeq: knownWindow, knownWindow }], {
        part: 1,
        horizon: 1,
        floor: 0,
        earlierName: () => null,
      });
    }
    await saveStream(client, { ...stream, lastSeq: rows.length });
  });
  return model;
}

function recordOf(model: string, index: number, { version, scores, raw, other }: Row): PredictionRecord {
  return {
    predictionId: String(index),
    model,
    requestedAtMs: 0,
    eventTimeMs: null,
    entityHash: null,
    isEntityKeyed: true,
    bucket: 0,
    arm: 'champion',
    stage: 'steady',
    challengerWeight: 0,
    version,
    correction: 'identity',
    routingRevision: 1,
    specRevision: 1,
    numbers: [],
    texts: [],
    answer: { scores, ...(raw === undefined ? {} : { rawScores: raw }), decision: null },
    otherVersion: other?.version ?? null,
    otherAnswer: other?.scores == null ? null : { scores: other.scores, decision: null },
    failed: false,
    latencyUs: 0,
  };
}

test('scores of a version: its own, those it gave beside another, and the label as it was known then', async () => {
  const model = await store([
    { version: 1, scores: [0.1, 0.9], labels: [['a', 1]] },
    {
      version: 1,
      scores: [0.3, 0.7],
      raw: [0.30000000000000004, 0.7],
      labels: [
        ['a', 2],
        ['b', 4],
      ],
    },
    { version: 2, scores: [0.5, 0.5], other: { version: 1, scores: [1e-300, 1] }, labels: [['b', 3]] },
    { version: 2, scores: [0.5, 0.5], other: { version: 1, scores: null }, labels: [['b', 4]] },
    { version: 1, scores: [0.2, 0.8], labels: [] },
  ]);
  const at = (throughWindow: number, rowsMax = 10) =>
    recentScores(database.db, model, { version: 1, throughWindow, matureSeq: throughWindow, rowsMax });
  expect(await at(3)).toEqual([
    { seq: 1, scores: [0.1, 0.9], rawScores: [0.1, 0.9], label: 'a', entity: null },
    { seq: 2, scores: [0.3, 0.7], rawScores: [0.30000000000000004, 0.7], label: 'a', entity: null },
    { seq: 3, scores: [1e-300, 1], rawScores: [1e-300, 1], label: 'b', entity: null },
  ]);
  expect((await at(5)).map(({ label }) => label)).toEqual(['a', 'b', 'b']);
  expect((await at(5, 2)).map(({ scores }) => scores[0])).toEqual([0.3, 1e-300]);
  expect(await at(0)).toEqual([]);
});
