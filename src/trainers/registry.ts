import type { OwnKind, TrainerSpecs } from '../domain/spec/trainer-spec.ts';
import { listNames } from '../domain/words/nearest-name.ts';
import { PerennialError } from '../domain/words/errors.ts';
import { gbdtTrainer } from './families/gbdt/gbdt.ts';
import { linearTrainer } from './families/linear/linear.ts';
import { streamingTrainer } from './families/streaming/streaming.ts';
import type { FitRequest, FittedModel, Trainer } from './interface.ts';

export type Trainers = { readonly [Kind in OwnKind]: Trainer<TrainerSpecs[Kind]> };

/** Which trainer fits a kind of spec. A kind without a trainer does not compile. */
const trainers: Trainers = { gbdt: gbdtTrainer, linear: linearTrainer, streaming: streamingTrainer };

/** Throws `unsupported` for a kind that no compiler has seen: a spec of a newer Perennial. */
export function trainerOf<Kind extends OwnKind>(kind: Kind): Trainer<TrainerSpecs[Kind]> {
  if (Object.hasOwn(trainers, kind)) return trainers[kind];
  throw new PerennialError('unsupported', `There is no trainer of the kind ${JSON.stringify(kind)}.`, {
    path: 'trainer.kind',
    hint: `This Perennial trains: ${listNames(Object.keys(trainers))}. Update it, or choose one of these.`,
  });
}

/** Fits by the trainer that the settings name. */
export function fitAs<Kind extends OwnKind>(
  settings: TrainerSpecs[Kind] & { readonly kind: Kind },
  request: Omit<FitRequest<unknown>, 'settings'>,
): Promise<FittedModel> {
  return trainerOf(settings.kind).fit({ ...request, settings });
}
