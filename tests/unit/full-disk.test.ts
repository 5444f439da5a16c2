import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { withDuck } from '../../src/data/duck/connect.ts';
import type { SpoolRecord } from '../../src/domain/record/records.ts';
import { createKeptSegments, keptFolder } from '../../src/serving/spool/kept-segments.ts';
import { encodeRecord, encodeSegment } from '../../src/serving/spool/segment-file.ts';
import { startShipper } from '../../src/serving/spool/shipper.ts';
import { createSpool } from '../../src/serving/spool/spool.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import { titled } from '../worlds/tools.ts';

/** A file system of one mebibyte, where one may be made; a folder that is never used otherwise. */
const disk = mkdtempSync(path.join(tmpdir(), 'perennial-full-'));
const mounted = mount();
const missing = mounted ? null : ({ tool: 'mount', why: 'this process may not mount a file system' } as const);
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

function mount(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

afterAll(() => {
  if (mounted) execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true, force: true });
});

const ballast = path.join(disk, 'ballast');
/** Nothing more fits but what is given back here. */
async function fill(): Promise<void> {
  await writeFile(ballast, Buffer.alloc(2_097_152)).catch(() => undefined);
}
const makeRoom = (): void => rmSync(ballast, { force: true });

describe.skipIf(missing !== null)(titled('a disk without room', missing), () => {
  beforeEach(async () => {
    for (const name of await readdir(disk)) rmSync(path.join(disk, name), { recursive: true });
    await mkdir(path.join(disk, 'spool'));
  });

  const said = { code: 'unavailable', message: expect.stringMatching(/^the disk is full: .* could not be written$/) };

  test('what was shipped is given up for what waits: no more is kept than is free', async () => {
    const spool = path.join(disk, 'spool');
    const kept = createKeptSegments(spool, { ageMs: 3_600_000, bytesMax: 1_048_576 }, quiet);
    const shipped = path.join(spool, keptFolder);
    await kept.keep('x'.repeat(100_000));
    await kept.bound();
    const [first] = await readdir(shipped);
    await fill();
    await kept.keep('x'.repeat(100_000));
    expect(await readdir(shipped)).not.toContain(first);
    await writeFile(path.join(spool, '1.ready'), 'x'.repeat(90_000));
    kept.stop();
  });

  test('an artifact: one sentence, nothing half-written, and room is enough', async () => {
    const store = createArtifactStore(path.join(disk, 'artifacts'));
    await store.putBytes('first');
    await fill();
    await expect(store.putBytes('x'.repeat(200_000))).rejects.toMatchObject(said);
    expect(await readdir(path.join(disk, 'artifacts', 'incoming'))).toEqual([]);
    makeRoom();
    const digest = await store.putBytes('x'.repeat(200_000));
    expect((await store.readBytes(digest)).length).toBe(200_000);
  });

  test('a file of the data engine: one sentence, worth a retry', async () => {
    const copy = (rows: number) =>
      withDuck({ tempDir: disk }, (duck) =>
        duck.run(
          `COPY (SELECT random() AS x FROM range(${rows})) TO '${path.join(disk, 'x.parquet')}' (FORMAT parquet)`,
        ),
      );
    await expect(copy(1_000_000)).rejects.toMatchObject(said);
    await copy(10);
  });

  test('the spool: the waiter hears it, and every record is on disk as soon as there is room', async () => {
    const dir = path.join(disk, 'spool');
    const spool = createSpool({ dir, processId: 'p', flushMs: 60_000, log: quiet });
    await fill();
    spool.append([labelOf('a'.repeat(8_000))]);
    await expect(spool.flushNow()).rejects.toMatchObject({ code: 'unavailable' });
    makeRoom();
    await spool.flushNow();
    await spool.close();
    expect((await readdir(dir)).filter((name) => name.endsWith('.ready'))).toHaveLength(1);
  });

  test('refused records for which there is no room keep their segment until there is', async () => {
    const dir = path.join(disk, 'spool');
    await writeFile(path.join(dir, '1.ready'), encodeSegment('1', 'p', [encodeRecord(labelOf('x'.repeat(20_000)))]));
    await fill();
    const sink = { store: () => Promise.reject(new PerennialError('invalid_data', 'no')) };
    const shipper = startShipper({ dir, sink, log: quiet, intervalMs: 60_000 });
    expect(await shipper.shipOnce()).toBe(false);
    expect(await readdir(dir)).toEqual(['1.ready']);
    makeRoom();
    expect(await shipper.shipOnce()).toBe(true);
    await shipper.stop();
    expect(await readdir(dir)).toEqual(['1.bad']);
  });
});

function labelOf(labelId: string): SpoolRecord {
  const record = { labelId, model: 'm', predictionId: 'x', entityHash: null, isEntityKeyed: true, eventTimeMs: null };
  return { type: 'label', record: { ...record, label: 'fine', receivedAtMs: 1 } };
}
