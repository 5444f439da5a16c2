import { z } from 'zod';
import { charsMax } from '../../domain/words/limits.ts';
import { tokenNamePattern, tokenNameRule } from '../../domain/words/token-name.ts';
import { strict } from '../spec/strict.ts';
import { nextSchema } from './page.ts';

/** Days for which an approval may be handed on at most. */
export const delegationDaysMax = 30;

const reason = z.string().trim().max(charsMax.words);
const tokenName = z.string().regex(tokenNamePattern, tokenNameRule);

export const delegateRequest = strict({ to: tokenName, days: z.number().gt(0).max(delegationDaysMax), reason });
export const revokeDelegationRequest = strict({
  to: tokenName,
  /** Whose it is; left out, one's own. */
  from: tokenName.optional(),
  reason,
});

export const delegationView = z.object({
  model: z.string(),
  from: z.string(),
  to: z.string(),
  reason: z.string(),
  since: z.string(),
  until: z.string(),
});
export const delegationList = z.object({ delegations: z.array(delegationView), next: nextSchema });
export type DelegationView = z.infer<typeof delegationView>;
