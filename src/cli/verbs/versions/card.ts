import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cardFormats, type CardFormat } from '../../../contracts/http/versions/card.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import { sayBytes, sayChoice } from '../../../domain/words/say.ts';
import { findStack } from '../../../stack/find-stack.ts';
import { refusalOf, send } from '../../../stack/request.ts';
import type { Verb } from '../../line/verb.ts';
import { versionNumber } from '../../line/version-number.ts';

export const cardVerb: Verb = {
  name: 'card',
  about: 'Print the model card of a version, or write it into a file.',
  words: ['<model>', '<version>'],
  flags: [
    {
      name: 'format',
      kind: 'text',
      value: 'FORMAT',
      about: 'md, html or json (default: by the ending of the file, else md).',
    },
    { name: 'output', kind: 'text', value: 'FILE', about: 'Write it there, in place of what is there.' },
  ],
  examples: ['perennial card fraud 3', 'perennial card fraud 3 --output card.html'],
  async run({ words: [model = '', given = ''], config, out, text, isSet }) {
    const version = versionNumber(given, model);
    const output = text('output');
    const format = isSet('json') && output === null ? 'json' : formatOf(text('format'), output);
    const { controlUrl, token } = await findStack(config);
    const url = `${controlUrl}/v1/models/${encodeURIComponent(model)}/versions/${version}/card?format=${format}`;
    const response = await send({ method: 'GET', url, token });
    if (!response.ok) throw await refusalOf(response, url);
    const card = await response.text();
    if (output === null) {
      if (isSet('json')) out.json(JSON.parse(card));
      else out.document(card);
      return;
    }
    await write(output, card);
    const bytes = Buffer.byteLength(card);
    out.line(`${output}: ${sayBytes(bytes)}`);
    out.json({ model, version, format, file: path.resolve(output), bytes });
  },
};

function formatOf(asked: string | null, output: string | null): CardFormat {
  const word = asked ?? path.extname(output ?? '').slice(1);
  const found = cardFormats.find((format) => format === word.toLowerCase());
  if (found !== undefined) return found;
  if (asked === null) return 'md';
  throw new PerennialError('invalid_request', `A card is written as ${sayChoice(cardFormats)}.`, { path: '--format' });
}

async function write(file: string, card: string): Promise<void> {
  try {
    await writeFile(file, card);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no reason given';
    throw new PerennialError('invalid_request', `${file} cannot be written (${code}).`, { path: '--output', cause });
  }
}
