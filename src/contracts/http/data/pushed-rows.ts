import { z } from 'zod';

/** What is answered to pushed rows beside the name of their model or view, one verdict each, in the order of the request. */
export const pushAnswer = z.object({
  /** Of the definition whose contract was asked. */
  specRevision: z.int(),
  accepted: z.int(),
  quarantined: z.int(),
  rows: z.array(
    z.discriminatedUnion('verdict', [
      z.object({ verdict: z.literal('accepted') }),
      z.object({ verdict: z.literal('quarantined'), rules: z.array(z.string()).readonly() }),
    ]),
  ),
});
export type PushAnswerView = z.infer<typeof pushAnswer>;
