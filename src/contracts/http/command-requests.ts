import { freezeKinds } from '../../domain/record/closed-sets.ts';
import { z } from 'zod';
import { nextSchema } from './page.ts';
import { commandAnswer } from './answers.ts';
import { shortListMembers, versionParams } from './requests.ts';
import { modelName } from '../spec/spec-columns.ts';
import { strict } from '../spec/strict.ts';
import { annotationKind, annotationView } from './views.ts';
import { charsMax } from '../../domain/words/limits.ts';

const reason = z.string().trim().min(1).max(charsMax.words);
const version = z.int().min(1).max(1e9);
const versionNumber = versionParams.shape.version;

/** A person's word that must carry its why. */
export const reasonedRequest = strict({ reason });
export const promoteRequest = strict({
  version,
  force: z.boolean().optional(),
  /** Begin another rollout of it, by the plan of the current definition, instead of moving the champion. */
  rollout: z.boolean().optional(),
  reason,
});
export const closeAlertRequest = strict({ reason });
export const resetRequest = strict({ beforeEventId: z.int().min(1).max(1e9), reason });

/** No control characters but line breaks: annotations are shown in terminals. */
const words = z
  .string()
  .trim()
  .min(1)
  .max(charsMax.words)
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is refused
  .regex(/^[^\u0000-\u0009\u000b-\u001f\u007f]+$/, 'must not contain control characters');
export const annotationRequest = strict({ version: version.optional(), kind: annotationKind, text: words });
export const annotationsQuery = strict({ ...shortListMembers, version: versionNumber.optional() });
/** Digits alone, as in `requests.ts`. */
const idNumber = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'must be the number of one that is listed')
  .transform(Number)
  .meta({ type: 'integer', minimum: 1, maximum: 999_999_999_999_999 });
export const annotationParams = z.object({ name: modelName, id: idNumber });
export const alertParams = z.object({ id: idNumber });

export const annotationList = z.object({ model: z.string(), annotations: z.array(annotationView), next: nextSchema });

/** What the kill switch did, model by model; `to` equals `from` where the champion stayed. */
export const killAnswer = commandAnswer.extend({
  models: z.array(
    z.object({
      model: z.string(),
      from: z.int().nullable(),
      to: z.int().nullable(),
      why: z.string(),
      challengerOut: z.int().nullable(),
    }),
  ),
});

export const freezeView = z.object({
  model: z.string(),
  kind: z.enum(freezeKinds),
  by: z.string(),
  reason: z.string(),
  since: z.string(),
});
export const freezeList = z.object({ freezes: z.array(freezeView), next: nextSchema });
export const holdView = z.object({ model: z.string(), by: z.string(), reason: z.string(), since: z.string() });
export const holdList = z.object({ holds: z.array(holdView), next: nextSchema });
export const runStepList = z.object({
  runId: z.string(),
  steps: z.array(z.object({ eventId: z.int(), name: z.string(), at: z.string() })),
});

export { annotationView };
export type AnnotationView = z.infer<typeof annotationView>;
export type KillAnswer = z.infer<typeof killAnswer>;
export type FreezeView = z.infer<typeof freezeView>;
export type HoldView = z.infer<typeof holdView>;
