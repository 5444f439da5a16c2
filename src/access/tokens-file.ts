import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const fileSchema = z.object({ admin: z.string(), predictor: z.string() });

/** The secrets of a tokens file (`{"admin": "prn_…", "predictor": "prn_…"}`), or null when it is missing or not one. */
export async function readTokensFile(
  file: string,
): Promise<{ readonly admin: string; readonly predictor: string } | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
