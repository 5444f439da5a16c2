import { createHash } from 'node:crypto';
import { lookAtAbTest } from '../../activities/ab-test/look-at-ab-test.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import {
  beginAbTest,
  findAbTest,
  insertAbTest,
  routeAbTest,
  type AbTestKey,
  type AbTestRow,
} from '../../src/db/routing/ab-tests.ts';
import { readRouting } from '../../src/db/routing/routing.ts';
import { streamOf } from '../../src/db/routing/stream.ts';
import { declareAbTest, type AskedAbTest } from '../../src/domain/ab-test/declare-ab-test.ts';
import { noAnswer, type SpoolRecord } from '../../src/domain/record/records.ts';
import { route } from '../../src/domain/rollout/route.ts';
import { createServingWorld, type ServingWorld } from './serving-world.ts';
import { labelRecord, predictionRecord } from './spool-records.ts';

/** What a version says to an entity, and what comes of it. */
export interface Played {
  readonly decision: 'fraud' | 'fine';
  readonly label: 'fraud' | 'fine';
  /** The version should have answered and did not: the control, or the champion, does. */
  readonly failed?: boolean;
}

export interface AbTestWorld {
  readonly world: ServingWorld;
  start(asked: Partial<AskedAbTest>): Promise<AbTestKey>;
  row(key: AbTestKey): Promise<AbTestRow>;
  /** Rows of as many entities, answered and labelled as serving would, by the routing that stands. */
  answer(entities: readonly string[], play: (version: number, entity: string) => Played, only?: Only): Promise<void>;
  look(key: AbTestKey): Promise<boolean>;
  close(): Promise<void>;
}

/** Leaves rows of A/B tests out of what comes. */
export interface Only {
  readonly isOutside: boolean;
}

/** Three versions of `fraud`, the first of them champion. */
export async function createAbTestWorld(): Promise<AbTestWorld> {
  const world = await createServingWorld();
  const { database } = world;
  const champion = await world.addVersion(1, [0.75, 0.25]);
  for (const number of [2, 3]) await world.addVersion(number, [0.75, 0.25]);
  await world.route({ champion, stage: 'steady' });
  let sent = 0;
  const row = async (key: AbTestKey): Promise<AbTestRow> => {
    const found = await findAbTest(database.db, key);
    if (found === null) throw new Error('there is no such A/B test');
    return found;
  };
  return {
    world,
    row,
    async start(asked) {
      const request = {
        versions: [2, 3],
        metric: 'positiveRate',
        better: 'lower',
        sharePercent: 50,
        ...asked,
      } as const;
      const declared = declareAbTest(world.spec, request);
      return withTransaction(database, async (tx) => {
        const key = await insertAbTest(tx, {
          model: 'fraud',
          specRevision: 1,
          controlVersion: 1,
          declared,
          actor: 'ana',
          why: 'to see',
        });
        await routeAbTest(tx, key, 60_000);
        await beginAbTest(tx, key);
        return key;
      });
    },
    async answer(entities, play, { isOutside } = { isOutside: false }) {
      const entry = await readRouting(database.db, 'fraud');
      if (entry === null) throw new Error('fraud is not routed');
      const leased = {
        ...entry,
        leaseUntilMs: 1,
        abTest: entry.abTest == null ? null : { ...entry.abTest, leaseUntilMs: 1 },
      };
      const records = entities.flatMap((entity): SpoolRecord[] => {
        const { arm, abTestArm, bucket } = route(leased, entity, 0, true);
        if (isOutside && arm === 'ab-test') return [];
        const challenger = entry.challenger?.version ?? null;
        const control = entry.abTest?.arms[0]?.version.version ?? 1;
        const asked =
          abTestArm === null
            ? arm === 'challenger'
              ? (challenger ?? 1)
              : 1
            : (entry.abTest?.arms[abTestArm]?.version.version ?? 1);
        const isStopped = abTestArm !== null && entry.abTest?.arms[abTestArm]?.isStopped === true;
        const first = play(isStopped ? control : asked, entity);
        const rescue = abTestArm === null ? 1 : control;
        const isRescued = first.failed === true && asked !== rescue;
        const by = isRescued || isStopped ? rescue : asked;
        const given = isRescued ? play(rescue, entity) : first;
        const own = { scores: given.decision === 'fraud' ? [0.2, 0.8] : [0.8, 0.2], decision: given.decision };
        const other =
          abTestArm === null
            ? arm === 'challenger'
              ? by === 1
                ? asked
                : 1
              : challenger
            : asked === control
              ? null
              : by === asked
                ? control
                : asked;
        const id = `p${(sent += 1)}`;
        return [
          predictionRecord(id, {
            entityHash: createHash('md5').update(entity).digest('hex'),
            bucket,
            arm,
            stage: abTestArm === null ? entry.stage : 'steady',
            challengerWeight: abTestArm === null ? entry.challengerWeight : 0,
            version: by,
            otherVersion: other,
            otherAnswer: other === null || isRescued || isStopped ? null : { scores: [0.7, 0.3], decision: 'fine' },
            routingRevision: entry.revision,
            answer: first.failed === true && !isRescued ? noAnswer : own,
            failed: first.failed === true,
          }),
          labelRecord(`l${id}`, { predictionId: id, label: given.label }),
        ];
      });
      await world.sink.store({ segmentId: `s${sent}`, processId: 'p', records });
    },
    async look(key) {
      const { lastSeq } = await streamOf(database.db, 'fraud');
      return lookAtAbTest(database, key, world.spec, lastSeq);
    },
    close: () => world.close(),
  };
}

export const entitiesFrom = (from: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `card-${from + i}`);
