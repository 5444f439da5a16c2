import type { ModelSpec, TimeReading } from '../spec.ts';

/** How files write the instants of a column: as its feature says, or as an event time does that is no feature. */
export function declaredReading(spec: Pick<ModelSpec, 'features' | 'eventTime'>, column: string): TimeReading {
  const feature = spec.features.find(({ name }) => name === column);
  if (feature !== undefined) return readingIn(feature);
  return spec.eventTime?.column === column ? readingIn(spec.eventTime) : {};
}

/** What it says of how instants are written, and nothing else. */
export function readingIn(declared: object): TimeReading {
  const { dateOrder, timeZone, epochUnit }: TimeReading = declared;
  return {
    ...(dateOrder === undefined ? {} : { dateOrder }),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(epochUnit === undefined ? {} : { epochUnit }),
  };
}

/** The same declaration as far as it speaks of values: what came in a request is an instant already. */
export function withoutReading<Declared extends object>(declared: Declared): Declared {
  const {
    dateOrder: _dateOrder,
    timeZone: _timeZone,
    epochUnit: _epochUnit,
    ...rest
  }: Declared & TimeReading = declared;
  return rest as unknown as Declared;
}
