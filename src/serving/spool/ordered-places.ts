/** Places in a sequence that are taken now and filled later; what comes out has the order in which they were taken. */
export interface OrderedPlaces<T> {
  /** Takes the next place. The returned function fills it, exactly once. */
  reserve(): (items: readonly T[]) => void;
  /** Resolves when every place taken so far has been filled and given out. */
  allFilled(): Promise<void>;
  readonly waiting: number;
  /** Filled but held up by an unfilled place before them; for an end in a hurry. */
  heldUp(): readonly T[];
}

interface Place<T> {
  items: readonly T[] | null;
  readonly whenOut: (() => void)[];
}

export function createOrderedPlaces<T>(giveOut: (items: readonly T[]) => void): OrderedPlaces<T> {
  const places: Place<T>[] = [];
  const release = (): void => {
    for (let head = places[0]; head !== undefined && head.items !== null; head = places[0]) {
      places.shift();
      giveOut(head.items);
      for (const tell of head.whenOut) tell();
    }
  };
  return {
    reserve() {
      const place: Place<T> = { items: null, whenOut: [] };
      places.push(place);
      return (items) => {
        place.items = items;
        release();
      };
    },
    allFilled() {
      const last = places.at(-1);
      return last === undefined ? Promise.resolve() : new Promise((resolve) => last.whenOut.push(resolve));
    },
    get waiting() {
      return places.length;
    },
    heldUp: () => places.flatMap((place) => place.items ?? []),
  };
}
