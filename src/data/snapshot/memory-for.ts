import { stat } from 'node:fs/promises';
import type { OpenTable } from '../read/table-file.ts';

/** Rows that the engine holds at once when it writes Parquet, and how often it holds them on the way. */
const rowsHeld = 100_000;
const timesHeld = 4;

/** What a value takes in the engine beside its text. */
const cellBytes = 16;

const memoryMbMin = 192;
const memoryMbMax = 1_024;

/**
 * The engine's bound for checking a table of text, in MB: what its rows need, so that the memory of an ingest does not
 * grow with the number of rows. Beyond it the engine spills to disk. Parquet says nothing of its rows and gets all.
 */
export async function memoryFor({ text, columns }: OpenTable): Promise<number> {
  if (text === null) return memoryMbMax;
  const { rows } = text.tally.account;
  const files = await Promise.all(text.rowsPaths.map((path) => stat(path)));
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const rowBytes = rows === 0 ? 0 : bytes / rows + columns.length * cellBytes;
  const needed = Math.ceil((rowBytes * rowsHeld * timesHeld) / 1_000_000);
  return Math.min(memoryMbMax, Math.max(memoryMbMin, needed));
}
