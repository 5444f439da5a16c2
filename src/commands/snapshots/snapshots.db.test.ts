import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { openSnapshotsWorld } from '../../../tests/worlds/snapshots-world.ts';
import type { CommandContext } from '../base/context.ts';
import { diffSnapshots } from './diff-snapshots.ts';
import { exportSnapshot } from './export-snapshot.ts';
import { snapshotsOfModel } from './list-snapshots.ts';
import { showSnapshot } from './show-snapshot.ts';
import { verifySnapshot } from './verify-snapshot.ts';

const { database, place, person, ingested } = await openSnapshotsWorld((row) => [
  row,
  row % 2 === 0 ? 'fraud' : 'genuine',
]);
const as = (role: 'viewer' | 'operator', scope: string): CommandContext => ({
  ...person,
  principal: { ...person.principal, role, scope },
});

const first = await ingested(40);
const second = await ingested(10, first);

test('lists page by page, the latest first', async () => {
  const page = await snapshotsOfModel(person, 'shop', { after: null, rowsMax: 1 });
  expect(page).toMatchObject([{ digest: second.digest, rows: 10, versions: [] }]);
  const next = await snapshotsOfModel(person, 'shop', { after: page[0]?.key ?? null, rowsMax: 5 });
  expect(next.map(({ digest }) => digest)).toEqual([first.digest]);
});

test('shows one by the beginning of its digest, and none outside the scope', async () => {
  const shown = await showSnapshot(as('viewer', '*'), second.digest.slice(0, 12));
  expect(shown).toMatchObject({ digest: second.digest, rows: 10, parents: [first.digest] });
  for (const foreign of [as('viewer', 'other.*'), as('operator', 'other')])
    await expect(showSnapshot(foreign, second.digest)).rejects.toMatchObject({ code: 'not_found' });
  await expect(showSnapshot(person, 'f'.repeat(12))).rejects.toMatchObject({ code: 'not_found' });
});

test('compares and checks each with all that it continues', async () => {
  const diff = await diffSnapshots(as('viewer', '*'), { from: first.digest, to: second.digest }, place);
  expect(diff).toMatchObject({ rows: { from: 40, to: 50 }, rowsChanged: { added: 10, removed: 0 } });
  const checked = await verifySnapshot(as('viewer', '*'), second.digest, place);
  expect(checked).toMatchObject({ snapshots: 2, isWhole: true, files: [{ state: 'whole' }, { state: 'whole' }] });
  expect(await readdir(place.importDir)).toEqual([]);
});

test('hands rows out to an operator, writes that down, and leaves no file behind', async () => {
  await expect(
    exportSnapshot(as('viewer', '*'), { digest: second.digest, format: 'csv' }, place),
  ).rejects.toMatchObject({ code: 'forbidden' });
  const { body, bytes, fileName } = await exportSnapshot(
    as('operator', '*'),
    { digest: second.digest, format: 'csv' },
    place,
  );
  const text = await new Response(body).text();
  expect(fileName).toBe(`shop-${second.digest.slice(0, 16)}.csv`);
  expect([Buffer.byteLength(text), text.trim().split('\n').length]).toEqual([bytes, 51]);
  await expect.poll(() => readdir(place.importDir)).toEqual([]);
  const { rows } = await database.pool.query(
    `select subject, reason from audit where type = 'perennial.snapshot.exported'`,
  );
  expect(rows).toEqual([{ subject: `snapshot/${second.digest}`, reason: '50 rows as csv' }]);
});

test('whose files were given up says so', async () => {
  await database.pool.query('update snapshot set files_removed_at = now() where digest = $1', [first.digest]);
  await expect(verifySnapshot(person, second.digest, place)).rejects.toMatchObject({
    code: 'not_found',
    message: `The files of snapshot ${first.digest.slice(0, 16)} were given up by retention.`,
  });
  await expect(diffSnapshots(person, { from: second.digest, to: second.digest }, {})).rejects.toThrow('given up');
  await database.pool.query('update snapshot set files_removed_at = null');
  await expect(diffSnapshots(person, { from: second.digest, to: second.digest }, {})).rejects.toMatchObject({
    code: 'unavailable',
  });
});
