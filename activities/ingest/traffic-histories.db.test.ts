import process from 'node:process';
import { expect, test } from 'vitest';
import { layoutOf } from '../../src/data/traffic/layout.ts';
import { readCurrentSpec } from '../../src/db/models/specs.ts';
import { begin, goOn, live, taken } from '../../tests/worlds/traffic-life.ts';

// oxlint-disable-next-line no-process-env -- the soak says so by the environment
const isSoak = process.env['PERENNIAL_SOAK'] === '1';
const seeds = Array.from({ length: isSoak ? 30 : 2 }, (_, seed) => `history ${seed}`);
const rounds = isSoak ? 20 : 5;

test.each(seeds)(
  'a training prepares the same bytes from pieces as from an export of everything: %s',
  async (seed) =>
    live(seed, async (life) => {
      const { world, random, traffic, snapshots } = life;
      const layouts = new Set<string>();
      let { history, window } = await begin(life);
      for (let round = 0; round < rounds; round++) {
        const made = await taken(life, history, window);
        const layout = layoutOf((await readCurrentSpec(world.database.db, 'fraud')).spec);
        expect(made.traffic?.matureSeq).toBeLessThan(made.traffic?.throughSeq ?? 0);
        expect(made.traffic?.anew === null, made.traffic?.anew ?? '').toBe(layouts.has(layout));
        layouts.add(layout);
        if (round === rounds - 1) {
          const anew = await snapshots.takeAnew(history, window);
          expect({ ...anew, ...differing }).toEqual({ ...made, ...differing });
        }
        window = await goOn(life);
        if (random.integer(3) === 0) await life.age();
        if (random.integer(4) === 0) await traffic.redefine();
        history = await snapshots.takeHistory();
      }
    }),
  isSoak ? 600_000 : 180_000,
);

/** What tells how a snapshot was made, and not what is in it. */
const differing = { files: null, traffic: null, sourceDigest: null, quarantineDigest: null };
