import type { CommandContext, CommandInput } from '../../../commands/base/context.ts';
import { revokeDelegation } from '../../../commands/control/delegate-approval.ts';
import { delegationDaysMax } from '../../../contracts/http/delegations.ts';
import { tokenNamePattern, tokenNameRule } from '../../../domain/words/token-name.ts';
import { commandFields, text, whole } from '../../form/fields.ts';

/** Who is to approve in one's place, and for how long. */
export const delegateFields = {
  ...commandFields,
  to: text.refine((given) => tokenNamePattern.test(given), {
    error: `The name of a token ${tokenNameRule}.`,
    params: { hint: 'Name a token that may operate the model (`perennial token list`).' },
  }),
  days: whole('number of days', `Say 1 to ${delegationDaysMax} days.`).refine((days) => days <= delegationDaysMax, {
    error: `A right to approve is handed on for ${delegationDaysMax} days at most.`,
    params: { hint: `Say 1 to ${delegationDaysMax} days.` },
  }),
};

/** `from/to`, or `/to` for one's own; the name of a token holds no slash. */
export const revokeFields = {
  ...commandFields,
  delegation: text.refine((given) => given.split('/').length === 2, {
    error: 'None was chosen.',
    params: { hint: 'Load the page again and choose one.' },
  }),
};

export async function revokeFromPage(
  context: CommandContext,
  { delegation, ...input }: CommandInput & { readonly delegation: string },
) {
  const [from = '', to = ''] = delegation.split('/');
  return revokeDelegation(context, { ...input, from: from === '' ? null : from, to });
}
