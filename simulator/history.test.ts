import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

import { fraud, fraudWithMerchantRisk } from '../models/fraud.ts';
import { dirtKinds } from './dirty-rows.ts';
import { writeHistory } from './history.ts';
import { createWorld } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'perennial-history-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const linesOf = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n');

describe('writeHistory', () => {
  it('gives the same bytes for the same seed', () => {
    const first = writeHistory(join(folder, 'a.csv'), 2_000, { seed: 3, dirtyRows: 12 });
    const second = writeHistory(join(folder, 'new', 'b.csv'), 2_000, { seed: 3, dirtyRows: 12 });
    expect(readFileSync(second.path).equals(readFileSync(first.path))).toBe(true);
  });

  it('has the columns of the model', () => {
    const expected = (spec: typeof fraud | typeof fraudWithMerchantRisk) =>
      ['cardholder', ...spec.features.map(({ name }) => name), 'outcome'].join(',');
    const plain = writeHistory(join(folder, 'c.csv'), 300, { seed: 3 });
    const risky = writeHistory(join(folder, 'd.csv'), 300, { seed: 3, includeMerchantRisk: true });
    expect(linesOf(plain.path)[0]).toBe(expected(fraud));
    expect(linesOf(risky.path)[0]).toBe(expected(fraudWithMerchantRisk));
    expect(
      linesOf(risky.path)
        .slice(1)
        .every((line) => /,(0|1|0\.\d+),(fraud|genuine)$/.test(line)),
    ).toBe(true);
    expect(plain.lines).toBe(linesOf(plain.path).length - 1);
  });

  it('says where it is dirty, and is dirty there alone', () => {
    const clean = linesOf(writeHistory(join(folder, 'e.csv'), 3_000, { seed: 3 }).path);
    const written = writeHistory(join(folder, 'f.csv'), 3_000, { seed: 3, dirtyRows: 14 });
    const lines = linesOf(written.path);
    expect(written.dirty.length).toBe(14);
    expect(new Set(written.dirty.map(({ kind }) => kind))).toEqual(new Set(dirtKinds));
    const dirtyLines = new Set(written.dirty.map(({ line }) => line));
    expect(lines.filter((_, i) => !dirtyLines.has(i + 1)).every((line) => clean.includes(line))).toBe(true);
    for (const { line, kind } of written.dirty) {
      const text = lines[line - 1] ?? '';
      if (kind === 'duplicate') expect(text).toBe(lines[line - 2]);
      else expect(clean).not.toContain(text);
    }
  });

  it('knows only the labels that had arrived, and their corrections', () => {
    const rows = 2_000;
    const written = linesOf(writeHistory(join(folder, 'g.csv'), rows, { seed: 3, fromRow: 1_000 }).path).slice(1);
    const world = createWorld({ seed: 3 }).skipTo(1_000);
    const known = Array.from({ length: rows }, () => world.next()).filter(
      (payment) => payment.labelDelayRows !== null && payment.row + payment.labelDelayRows < 3_000,
    );
    expect(written.map((line) => line.split(',')[1])).toEqual(known.map((payment) => payment.features.at));
    const corrected = known.filter(
      (payment) => payment.correction !== null && payment.row + payment.correction.delayRows < 3_000,
    );
    expect(corrected.length).toBeGreaterThan(0);
    for (const payment of corrected)
      expect(written.find((line) => line.includes(payment.features.at))?.endsWith(payment.truth)).toBe(true);
  });
});
