import { chown, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServingWorld, silentLog, type ServingWorld } from '../../tests/worlds/serving-world.ts';
import { predictionRecord } from '../../tests/worlds/spool-records.ts';
import { readConfig } from '../config.ts';
import { createKeptSegments } from '../serving/spool/kept-segments.ts';
import { encodeRecord, encodeSegment } from '../serving/spool/segment-file.ts';
import { runReship } from './reship.ts';

let world: ServingWorld;
beforeAll(async () => {
  world = await createServingWorld();
});
afterAll(() => world.close());

async function reship(flags: Readonly<Record<string, string | true>>, environment = {}): Promise<unknown> {
  let answer: unknown;
  await runReship({
    words: [],
    config: readConfig({
      DATABASE_URL: world.database.url,
      PERENNIAL_SPOOL_DIR: world.spoolDir,
      ...environment,
    }),
    out: { line: () => undefined, document: () => undefined, json: (value) => (answer = value) },
    text: (flag) => (typeof flags[flag] === 'string' ? flags[flag] : null),
    texts: () => [],
    isSet: (flag) => flags[flag] === true,
  });
  return answer;
}
const audited = async (): Promise<unknown[]> =>
  (
    await world.database.pool.query(
      "select actor, reason from audit where type = 'perennial.spool.reshipped' order by seq",
    )
  ).rows;

test('what was shipped is sent again, and the audit says so', async () => {
  await mkdir(world.spoolDir, { recursive: true });
  const kept = createKeptSegments(world.spoolDir, { ageMs: 3_600_000, bytesMax: 1_000_000 }, silentLog);
  await kept.keep(encodeSegment('s1', 'p', [encodeRecord(predictionRecord('a'))]));
  kept.stop();
  expect(await reship({ since: '2h' })).toMatchObject({ segments: 1, records: 1 });
  expect(await readdir(world.spoolDir)).toContain('s1.again.ready');
  const refused = { reason: 'odd', line: encodeRecord(predictionRecord('b')) };
  await writeFile(
    join(world.spoolDir, 's2.bad'),
    `{"type":"refused"}
${JSON.stringify(refused)}
`,
  );
  expect(await reship({ refused: true })).toMatchObject({ segments: 1, records: 1 });
  expect(await audited()).toEqual([
    { actor: 'reship', reason: expect.stringMatching(/^what was stored since 20.*Z is sent again$/) as unknown },
    { actor: 'reship', reason: 'what was set aside is sent again' },
  ]);
});

test.for([{}, { since: '1 hour', refused: true as const }, { since: 'yesterday' }, { since: '9999999 hours' }])(
  'a line that is not understood is refused: %j',
  async (flags) => {
    await expect(reship(flags)).rejects.toMatchObject({ code: 'invalid_request', path: '--since' });
  },
);

test('without its database, its folder or its user nothing is sent, and one sentence says why', async () => {
  const before = { files: (await readdir(world.spoolDir)).length, rows: (await audited()).length };
  const since = '2h';
  await expect(reship({ since }, { DATABASE_URL: 'postgres://x:y@127.0.0.1:9/none' })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.not.stringContaining('insert') as unknown,
  });
  await expect(reship({ since }, { PERENNIAL_SPOOL_DIR: '/nowhere/spool' })).rejects.toMatchObject({
    code: 'configuration',
    message: 'There is no spool in /nowhere/spool.',
  });
  if (process.getuid?.() === 0) {
    await chown(join(world.spoolDir, 'shipped'), 4_242, 4_242);
    await expect(reship({ since })).rejects.toMatchObject({ code: 'configuration', path: 'PERENNIAL_SPOOL_DIR' });
  }
  expect({ files: (await readdir(world.spoolDir)).length, rows: (await audited()).length }).toEqual(before);
});
