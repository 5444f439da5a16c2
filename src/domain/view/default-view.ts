import { defaultContract } from '../spec/default-spec.ts';
import type { ContractSpec } from '../spec/parts/contract-spec.ts';
import type { ViewSpec } from './view-spec.ts';

/** A view as a person writes it: what is left out has a default in this file. */
export type ViewSpecInput = Pick<
  ViewSpec,
  'name' | 'owner' | 'about' | 'entity' | 'eventTime' | 'features' | 'source'
> &
  Partial<Pick<ViewSpec, 'availableTime' | 'rowId' | 'ttlMs' | 'keepMs'>> & {
    readonly contract?: Partial<ContractSpec>;
  };

/** Fills in what a view leaves out. Pure; the result is what is hashed. */
export function completeView(input: ViewSpecInput): ViewSpec {
  const { name, owner, about, entity, eventTime, features, source } = input;
  return {
    formatVersion: 1,
    name,
    owner,
    ...(about === undefined ? {} : { about }),
    entity,
    eventTime,
    availableTime: input.availableTime ?? null,
    rowId: input.rowId ?? null,
    features,
    // One way to say "never", so that both have one digest.
    ttlMs: input.ttlMs === 0 ? null : (input.ttlMs ?? null),
    ...(input.keepMs === undefined ? {} : { keepMs: input.keepMs }),
    contract: { ...defaultContract, ...input.contract },
    source,
  };
}
