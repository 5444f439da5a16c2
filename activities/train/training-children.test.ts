import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { asyncLocalStorage, Context } from '@temporalio/activity';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixtureJob, fixtureSpec, fixtureTargets, writeFixture } from '../../tests/worlds/training-fixture.ts';
import { inActivity } from '../../tests/worlds/in-activity.ts';
import { rootDir } from '../../src/config.ts';
import { createTrainingChildren } from './training-children.ts';

let place = '';
let data = '';
beforeAll(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'perennial-children-'));
  data = path.join(place, 'data.parquet');
  await writeFixture(data, 'binary', 600);
});
afterAll(() => rm(place, { recursive: true, force: true }));

const children = createTrainingChildren(rootDir);
const job = (name: string, trees = 20) =>
  fixtureJob(fixtureSpec(fixtureTargets.binary, {}, { treesMax: trees, earlyStoppingTrees: trees }), place, data, name);

/** As in an activity that is told to end once it has said something. */
function cancelledAtOnce<T>(work: () => Promise<T>): Promise<T> {
  return inActivity(() => {
    const abort = new AbortController();
    const context = Object.assign(Object.create(Context.current()) as Context, {
      cancellationSignal: abort.signal,
      heartbeat: () => abort.abort(),
    });
    return asyncLocalStorage.run(context, work);
  });
}

test('one process does step after step, and a step that fails leaves none that is half done', async () => {
  const { spec, dataPaths, folder, ...champion } = job('steps');
  await inActivity(() => children.run<'prepare'>({ job: 'prepare', spec, dataPaths, folder }));
  await inActivity(() => children.run<'fit'>({ job: 'fit', folder }));
  const gone = path.join(place, 'gone');
  await expect(inActivity(() => children.run<'fit'>({ job: 'fit', folder: gone }))).rejects.toMatchObject({
    code: 'training_failed',
  });
  const report = await inActivity(() => children.run<'judge'>({ ...champion, job: 'judge', folder }));
  expect(report.rows.test).toBeGreaterThan(50);
});

test('a training that is cancelled ends its process', async () => {
  await expect(cancelledAtOnce(() => children.run<'train'>(job('cancelled', 5_000)))).rejects.toMatchObject({
    message: expect.stringContaining('the training child ended without a result'),
  });
});
