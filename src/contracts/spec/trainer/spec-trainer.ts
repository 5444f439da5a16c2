import { z } from 'zod';
import { calibrationMethods } from '../../../domain/training/calibration/calibration.ts';
import { processKinds } from '../../../domain/spec/closed-sets.ts';
import { externalBounds, imagePattern, queuePattern, tagPattern } from '../../../domain/spec/parts/external-trainer.ts';
import { modelProcessBounds } from '../../../domain/spec/parts/model-process.ts';
import {
  imbalances,
  monotoneDirections,
  regressionObjectives,
  trainerKinds,
  type TrainerKind,
} from '../../../domain/spec/trainer-spec.ts';
import { keptFeaturesMax } from '../../../domain/spec/trainer/feature-selection-spec.ts';
import { searchedOf, searchRules } from './spec-search.ts';
import { ofNoKind, strict } from '../strict.ts';

const count = z.int().min(1);
const l2 = z.number().min(0);
const share = z.number().gt(0).max(1);

const shares = z.array(z.number().gt(0).max(1)).min(1).max(8);

const anyTrained = {
  historyShares: shares,
  halfLives: shares.exactOptional(),
  refit: z.boolean(),
  seed: z.int().min(0).max(4_294_967_295),
  gpu: strict({
    tag: z.string().regex(tagPattern, 'must be 1 to 32 lower-case letters, digits or "-"').exactOptional(),
  }).exactOptional(),
};

/** What the families of this platform can be told beyond that. */
const anyOwn = {
  weightColumn: z.string().min(1).exactOptional(),
  featureSelection: strict({
    keep: z.array(z.string().min(1)).max(keptFeaturesMax).exactOptional(),
    propose: z.boolean().exactOptional(),
  }).exactOptional(),
  calibration: z.enum(calibrationMethods).exactOptional(),
  imbalance: z.enum(imbalances).exactOptional(),
  ...anyTrained,
};

const gbdt = strict({
  kind: z.literal('gbdt'),
  treesMax: count.max(10_000),
  leavesMax: z.int().min(2).max(1_024),
  learningRate: z.number().gt(0).max(1),
  rowsPerLeafMin: count.max(1e6),
  l2,
  earlyStoppingTrees: count.max(10_000),
  objective: z.enum(regressionObjectives).exactOptional(),
  huberDelta: z.number().gt(0).exactOptional(),
  quantile: z.number().gt(0).lt(1).exactOptional(),
  rowShare: share.exactOptional(),
  columnShare: share.exactOptional(),
  monotone: z.record(z.string(), z.enum(monotoneDirections)).exactOptional(),
  warmStart: z.boolean().exactOptional(),
  ...anyOwn,
});

const linear = strict({ kind: z.literal('linear'), l2, l1: z.number().min(0).exactOptional(), ...anyOwn });

const search = strict({
  kind: z.literal('search'),
  families: strict({ gbdt: searchedOf(gbdt.shape).exactOptional(), linear: searchedOf(linear.shape).exactOptional() }),
  ...searchRules,
  ...anyOwn,
});

const streaming = strict({
  kind: z.literal('streaming'),
  alpha: z.number().gt(0).max(10),
  beta: z.number().min(0).max(1_000),
  l1: z.number().min(0),
  l2,
  ...anyTrained,
});

const { memoryBytes, timeoutMs } = modelProcessBounds;

/** Where an imported model is run, as its definition and its import may say it. */
export const modelProcessMembers = {
  process: z.enum(processKinds).exactOptional(),
  memoryBytesMax: z.int().min(memoryBytes.min).max(memoryBytes.max).exactOptional(),
  timeoutMs: z.int().min(timeoutMs.min).max(timeoutMs.max).exactOptional(),
};

const imported = strict({ kind: z.literal('imported'), ...modelProcessMembers });

/** What is said to a program of somebody else, whoever runs it. */
const anyExternal = {
  settings: z.record(z.string(), z.unknown()),
  timeMsMax: z.int().min(externalBounds.timeMs.min).max(externalBounds.timeMs.max),
  refit: z.boolean(),
  seed: anyTrained.seed,
  image: z.string().regex(imagePattern, 'must be the digest of an image: sha256: and 64 hex digits').exactOptional(),
  serving: strict(modelProcessMembers).exactOptional(),
};

const place = z.string().min(1).max(externalBounds.pathCharsMax);
const bytes = ({ min, max }: { readonly min: number; readonly max: number }) => z.int().min(min).max(max);

const command = strict({
  kind: z.literal('command'),
  argv: z.array(z.string().max(externalBounds.argumentCharsMax)).max(externalBounds.argvMax),
  folder: place,
  memoryBytesMax: bytes(externalBounds.memoryBytes),
  filesBytesMax: bytes(externalBounds.filesBytes),
  secrets: z.array(z.string().max(64)).max(externalBounds.secretsMax),
  lock: place.exactOptional(),
  ...anyExternal,
});

const worker = strict({
  kind: z.literal('worker'),
  queue: z.string().regex(queuePattern, 'must be 1 to 63 lower-case letters, digits or "-"'),
  trainer: z.string().max(63),
  tag: z.string().regex(tagPattern, 'must be 1 to 32 lower-case letters, digits or "-"').exactOptional(),
  memoryGb: bytes(externalBounds.memoryGb).exactOptional(),
  ...anyExternal,
});

const ofKind = { gbdt, linear, search, streaming, imported, command, worker } as const satisfies Record<
  TrainerKind,
  z.ZodObject
>;

/** One shape per kind: a setting of another kind is refused by name. */
export const trainerSchema = z.discriminatedUnion(
  'kind',
  [ofKind.gbdt, ofKind.linear, ofKind.search, ofKind.streaming, ofKind.imported, ofKind.command, ofKind.worker],
  { error: ofNoKind(`must be one of ${trainerKinds.map((kind) => JSON.stringify(kind)).join(', ')}`) },
);
