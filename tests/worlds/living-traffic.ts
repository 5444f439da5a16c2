import { withTransaction } from '../../src/db/base/connect.ts';
import { readCurrentSpec, storeSpec } from '../../src/db/models/specs.ts';
import type { SpoolRecord } from '../../src/domain/record/records.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { Random } from '../../src/statistics/numeric/random.ts';
import type { ServingWorld } from './serving-world.ts';
import { labelRecord, predictionRecord } from './spool-records.ts';

/** Traffic of `fraud` as it may come: labels late, early, corrected and back, by entity, of nobody, and of no class. */
export function createLivingTraffic(world: ServingWorld, random: Random) {
  let predictions = 0;
  let labels = 0;
  let segments = 0;
  let nowMs = 1_777_000_000_000;
  const one = <T>(...list: readonly [T, ...T[]]): T => list[random.integer(list.length)] ?? list[0];

  function prediction(id: number): SpoolRecord {
    return predictionRecord(`p${id}`, {
      eventTimeMs: one(id * 1_000, 1_777_000_000_000 + random.integer(1_000_000), null),
      entityHash: one(`e${id}`, `e${random.integer(9)}`, null),
      numbers: [one(NaN, random.normal(), 1e300, -0.1), one(NaN, 0, 1)],
      texts: [one(null, 'a', 'NULL', 'ünï "🙂"\n', `m${random.integer(4)}`)],
    });
  }

  function label(id: number): SpoolRecord {
    nowMs += random.integer(3);
    const isByEntity = random.integer(9) === 0;
    return labelRecord(one(`l${labels++}`, `arrival-${labels++}`), {
      predictionId: isByEntity ? null : `p${id}`,
      entityHash: isByEntity ? `e${id}` : null,
      eventTimeMs: isByEntity ? id * 1_000 : null,
      label: one('fraud', 'fine', 'fine', 'fraud', 'fine', 'perhaps'),
      // Some came to another process before what is stored already.
      receivedAtMs: nowMs - one(0, 0, 0, 1_000),
    });
  }

  return {
    /** One segment of rows and labels in any order; some labels are of rows that are still to come. */
    async store(): Promise<void> {
      const rows = Array.from({ length: random.integer(16) }, () => prediction(predictions++));
      // Most labels are of young rows, so that it shows after a while how late they come; some are of any row.
      const labelledId = () =>
        random.integer(40) === 0 ? random.integer(predictions) : Math.max(0, predictions + 4 - random.integer(12));
      const said = Array.from({ length: random.integer(20) }, () => label(labelledId()));
      const mixed = [...rows, ...said].map((record) => ({ record, at: random.next() }));
      const records = mixed.toSorted((left, right) => left.at - right.at).map(({ record }) => record);
      await world.sink.store({ segmentId: `s${segments++}`, processId: 'p', records });
    },

    /** Another definition: of whom it is, the order of its features, a limit, or one feature more or less. */
    async redefine(): Promise<void> {
      const { spec } = await readCurrentSpec(world.database.db, 'fraud');
      const changed = one(ownedBySomebody, reversed, limited, widened)(spec, random.next());
      await withTransaction(world.database, (tx) => storeSpec(tx, changed, 'ann'));
    },
  };
}

type Change = (spec: ModelSpec, drawn: number) => ModelSpec;

const ownedBySomebody: Change = (spec, drawn) => ({ ...spec, about: { ...spec.about, owner: `${drawn}` } });
const reversed: Change = (spec) => ({ ...spec, features: spec.features.toReversed() });
const limited: Change = (spec, drawn) => ({
  ...spec,
  features: spec.features.map((one) => (one.name === 'amount' ? { ...one, min: 0, max: 1 + drawn } : one)),
});
const widened: Change = ({ features, ...spec }) => ({
  ...spec,
  features: features.some(({ name }) => name === 'later')
    ? features.filter(({ name }) => name !== 'later')
    : [...features, { kind: 'number', name: 'later', missing: 'allow' }],
});
