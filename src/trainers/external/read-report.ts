import { readFile } from 'node:fs/promises';
import { externalReportSchema } from '../../contracts/spec/external-folder.ts';
import { externalFiles, externalLimits, type ExternalReport } from '../../domain/training/external.ts';
import { isPerennialError } from '../../domain/words/errors.ts';
import { join } from 'node:path';
import { takeFile } from './take-file.ts';

/**
 * What a program says of itself; null where it says nothing. What cannot be understood is left out and said to be: no
 * fit is lost for a report.
 */
export async function readReport(external: string, copy: string): Promise<ExternalReport | null> {
  const name = externalFiles.report;
  try {
    if ((await takeFile(join(external, name), name, copy, externalLimits.reportBytesMax)) === null) return null;
    const parsed = externalReportSchema.safeParse(JSON.parse(await readFile(copy, 'utf8')));
    if (parsed.success) return parsed.data;
    return leftOut(`it is not as agreed at ${parsed.error.issues[0]?.path.join('.') || 'its top'}`);
  } catch (error) {
    if (error instanceof SyntaxError) return leftOut('it is no JSON');
    if (isPerennialError(error)) return leftOut('it is no plain file, or too large');
    throw error;
  }
}

function leftOut(why: string): ExternalReport {
  return { note: `Its ${externalFiles.report} is left out: ${why}.` };
}
