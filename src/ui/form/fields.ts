import { z } from 'zod';
import { annotationKinds } from '../../domain/record/closed-sets.ts';
import { cut } from '../../domain/words/cut.ts';
import { charsMax } from '../../domain/words/limits.ts';

const reasonCharsMin = 3;
const wholeNumber = /^[1-9]\d{0,14}$/;

/** A field that was left out of the form reads like one that was left empty. */
export const text = z
  .string()
  .default('')
  .transform((given) => given.trim());

/** A reason that says nothing is refused here too: a browser's own check can be switched off. */
export const reason = text
  .refine((given) => given.length >= reasonCharsMin, {
    error: 'A reason of at least three characters is needed.',
    params: { hint: 'Say why: whoever reads the audit in a year needs it.' },
  })
  .transform((given) => cut(given, charsMax.formReason));

/** The form's own key makes a command that is sent twice one command. */
export const key = text.transform((given) => (/^[\w-]{8,64}$/.test(given) ? given : null));

/** What every command of a person carries. */
export const commandFields = { reason, key };

/** A box that is ticked. */
export const ticked = text.transform((given) => given === 'yes');

/** A number that was chosen from a list, or null where the list offers none. */
export const wholeOrNull = text
  .refine((given) => given === '' || wholeNumber.test(given), {
    error: (issue) => `"${cut(String(issue.input), 40)}" is no number.`,
    params: { hint: 'Use the form of the page.' },
  })
  .transform((given) => (given === '' ? null : Number(given)));

/** A number that had to be chosen from a list. */
export function whole(what: string, hint = 'Load the page again and choose one.') {
  return wholeOrNull.transform((given, context) => {
    if (given !== null) return given;
    context.addIssue({ code: 'custom', message: `No ${what} was chosen.`, params: { hint } });
    return z.NEVER;
  });
}

export const annotationKind = z.enum(annotationKinds).catch('note');
