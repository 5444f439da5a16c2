import { z } from 'zod';
import { versionOrigins, versionStatuses } from '../../../domain/record/closed-sets.ts';

export const cardFormats = ['json', 'html', 'md'] as const;
export type CardFormat = (typeof cardFormats)[number];

export const cardQuery = z.object({
  format: z.enum(cardFormats, { error: () => `must be ${cardFormats.join(', ')}` }).default('json'),
});

const document = z.record(z.string(), z.unknown());

/** What the card of a version says, as facts. A later release may say more. */
export const cardView = z.looseObject({
  formatVersion: z.literal(1),
  model: z.string(),
  version: z.int(),
  status: z.enum(versionStatuses),
  origin: z.enum(versionOrigins),
  createdAt: z.string(),
  modelDigest: z.string(),
  specRevision: z.int(),
  specDigest: z.string(),
  labelledRows: z.int(),
  data: document,
  metrics: document.nullable(),
  intervals: document,
  slices: z.array(document),
  gate: document.nullable(),
  alerts: z.array(document),
  moves: z.array(document),
  rollouts: z.array(document),
  madeBy: document.nullable(),
});
