import path from 'node:path';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { dataFormats, type DataFormat } from '../../../../domain/spec/closed-sets.ts';
import { sayBytes, sayChoice } from '../../../../domain/words/say.ts';
import { download } from '../../../../stack/download.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import type { Verb } from '../../../line/verb.ts';

export const snapshotExportVerb: Verb = {
  name: 'snapshot export',
  about: 'Take all rows of a dataset, and of what it continues, out as one file. It is written into the audit.',
  words: ['<digest>', '<file>'],
  flags: [
    {
      name: 'format',
      kind: 'text',
      value: 'FORMAT',
      about: 'csv, ndjson or parquet (default: by the ending of the file).',
    },
  ],
  examples: ['perennial snapshot export 4be1c7d0 rows.csv'],
  async run({ words: [digest = '', file = ''], config, out, text }) {
    const format = formatOf(text('format') ?? path.extname(file).slice(1));
    const stack = await findStack(config);
    const url = `${stack.controlUrl}/v1/snapshots/${encodeURIComponent(digest)}/rows?format=${format}`;
    const bytes = await download({ url, token: stack.token }, path.resolve(file));
    out.line(`${file}: ${sayBytes(bytes)}`);
    out.json({ file: path.resolve(file), format, bytes });
  },
};

function formatOf(word: string): DataFormat {
  const found = dataFormats.find((format) => format === word.toLowerCase());
  if (found !== undefined) return found;
  throw new PerennialError('invalid_request', `A snapshot is exported as ${sayChoice(dataFormats)}.`, {
    path: '--format',
    hint: 'End the name of the file with the format, or give --format.',
  });
}
