import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { rootDir } from '../../src/config.ts';
import { searchBounds } from '../../src/domain/spec/search/search-spec.ts';

const historySchema = z.object({
  events: z.array(
    z.looseObject({
      activityTaskScheduledEventAttributes: z
        .looseObject({ activityType: z.looseObject({ name: z.string() }) })
        .optional(),
    }),
  ),
});
/** Temporal ends a workflow whose history is longer. */
const eventsMax = 50_000;
/** Beside its own activity a fit may be alone in its batch: a row, tasks and a timer are then its as well. */
const eventsAlone = 20;

test('the largest search stays far below what a history may hold', async () => {
  const file = path.join(rootDir, 'tests', 'replay', 'histories', 'train-search.json');
  const { events } = historySchema.parse(JSON.parse(await readFile(file, 'utf8')));
  const fits = events.filter(
    (event) => event.activityTaskScheduledEventAttributes?.activityType.name === 'fitTrial',
  ).length;
  expect(fits).toBe(12);
  // Of the whole training, so more than the search has.
  expect(events.length / fits).toBeLessThan(eventsAlone);
  const { trials, rungs, factor } = searchBounds;
  const fitsMax = Array.from({ length: rungs.max }, (_, rung) => trials.max / factor.min ** rung).reduce(
    (a, b) => a + b,
  );
  expect(fitsMax * eventsAlone).toBeLessThan(eventsMax / 2);
});
