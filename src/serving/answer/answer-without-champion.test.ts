import { expect, test } from 'vitest';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import type { SpoolRecord } from '../../domain/record/records.ts';
import type { RoutingEntry } from '../../domain/rollout/routing.ts';
import type { FallbackSpec } from '../../domain/spec/spec.ts';
import { edgeSignatureOf } from '../edge/edge-signature.ts';
import type { ServedModel } from '../versions/model-table.ts';
import { answerRequest } from './answer-request.ts';
import type { Serving } from '../serving.ts';
import { testEntities } from '../../../tests/worlds/entity-names.ts';

const spec = completeSpec({
  name: 'fraud',
  about: { owner: 'team', useCase: 'test', successCriterion: 'test' },
  entity: { column: 'card' },
  features: [
    { kind: 'number', name: 'amount', missing: 'refuse' },
    { kind: 'category', name: 'merchant', missing: 'allow' },
  ],
  target: { task: 'binary', column: 'label', positive: 'fraud', negative: 'fine', labelDelay: { rows: 1 } },
  source: { kind: 'file', path: 'x.csv', format: 'csv' },
});
const entry: RoutingEntry = {
  model: 'fraud',
  revision: 7,
  specRevision: 2,
  champion: null,
  challenger: null,
  stage: 'empty',
  rollout: null,
  challengerWeight: 0,
  salt: 's',
  leaseUntilMs: null,
};
const fallback: FallbackSpec = {
  rules: [{ when: { feature: 'merchant', op: '=', value: 'casino' }, answer: 'fraud' }],
  otherwise: 0.02,
};

function modelWith(given: FallbackSpec | null, isChampionAway = false): ServedModel {
  const latestSpec = given === null ? spec : { ...spec, fallback: given };
  return {
    entry,
    edge: edgeSignatureOf(latestSpec, null),
    latestSpec,
    champion: null,
    challenger: null,
    abTest: null,
    views: [],
    references: [],
    isChampionAway,
  };
}

/** The members that answering without a version uses; what is written is kept. */
function servingInto(log: SpoolRecord[]): Serving {
  const spool = {
    assertRoom: () => undefined,
    reserve: () => (records: readonly SpoolRecord[]) => void log.push(...records),
  };
  return { spool, membership: { isMember: () => true }, entities: testEntities } as unknown as Serving;
}

const ask = (model: ServedModel, log: SpoolRecord[] = []) =>
  answerRequest(servingInto(log), model, {
    rows: [
      { amount: 5, card: 'c1' },
      { amount: 5, merchant: 'casino' },
    ],
    predictionIds: ['a', 'b'],
    startedAtMs: performance.now(),
  });

test('the declared fallback answers, marked, and is logged like any answer under version 0', async () => {
  const log: SpoolRecord[] = [];
  expect(await ask(modelWith(fallback), log)).toEqual([
    { predictionId: 'a', version: 0, arm: 'fallback', answer: { scores: [0.98, 0.02], decision: 'fine' } },
    { predictionId: 'b', version: 0, arm: 'fallback', answer: { scores: [0, 1], decision: 'fraud' } },
  ]);
  expect(log.map(({ record }) => record)).toMatchObject([
    {
      predictionId: 'a',
      version: 0,
      arm: 'fallback',
      correction: 'identity',
      routingRevision: 7,
      specRevision: 2,
      numbers: [5],
      texts: [null],
      failed: false,
      otherVersion: null,
    },
    { predictionId: 'b', texts: ['casino'], entityHash: null },
  ]);
});

test('where a champion is routed that could not be loaded, the answers count as failed', async () => {
  const log: SpoolRecord[] = [];
  await ask(modelWith(fallback, true), log);
  expect(log.map(({ record }) => 'failed' in record && record.failed)).toEqual([true, true]);
});

test('without a fallback nobody answers, and a bad row is refused either way', async () => {
  await expect(ask(modelWith(null))).rejects.toMatchObject({ code: 'no_champion' });
  await expect(
    answerRequest(servingInto([]), modelWith(fallback), { rows: [{ merchant: 'a' }], startedAtMs: 0 }),
  ).rejects.toMatchObject({ code: 'invalid_request' });
});
