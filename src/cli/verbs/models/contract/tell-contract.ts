import { writeFile } from 'node:fs/promises';
import type { ImportNote } from '../../../../contract-documents/read/reader.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { sayMany } from '../../../../domain/words/say.ts';
import type { Call, Flag } from '../../../line/verb.ts';

export const outFlag: Flag = {
  name: 'out',
  kind: 'text',
  value: 'FILE',
  about: 'Write the document there instead of printing it.',
};
export const partialFlag: Flag = {
  name: 'partial',
  kind: 'switch',
  about: 'Go on although the document asks for what no rule here says.',
};

/** Prints a document, or writes it to the file that was named. */
export async function giveDocument(call: Call, text: string): Promise<void> {
  const file = call.text('out');
  if (file === null) {
    call.out.document(text.endsWith('\n') ? text : `${text}\n`);
    return;
  }
  try {
    await writeFile(file, text);
  } catch {
    throw new PerennialError('invalid_request', `${file} cannot be written.`, {
      path: '--out',
      hint: 'Name a file in a folder that exists.',
    });
  }
  call.out.line(`Written: ${file}`);
}

/** Says what of a foreign document was not taken over: what is not checked first. */
export function tellNotes({ out }: Call, notes: readonly ImportNote[]): void {
  for (const { path, text } of notes.filter(({ isUnchecked }) => isUnchecked)) out.line(`NOT CHECKED  ${path} ${text}`);
  for (const { path, text } of notes.filter(({ isUnchecked }) => !isUnchecked))
    out.line(`             ${path} ${text}`);
}

/** Throws where a document asks for more than is checked, unless that was said to be right. */
export function refuseUnchecked({ isSet }: Call, notes: readonly ImportNote[]): void {
  const [first, ...more] = notes.filter(({ isUnchecked }) => isUnchecked);
  if (first === undefined || isSet('partial')) return;
  const others = more.length === 0 ? '' : `, and ${sayMany(more.length, 'other thing')}`;
  throw new PerennialError('invalid_data', `No rule here says ${first.path} (${first.text})${others}.`, {
    path: first.path,
    hint: 'Say it otherwise in the document, or go on without it: --partial.',
  });
}
