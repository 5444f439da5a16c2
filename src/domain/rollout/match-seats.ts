/**
 * The most people who can each stand for another name: a maximum matching between people and the names in which each
 * may approve, by augmenting paths (Kuhn, "The Hungarian method for the assignment problem", Naval Research Logistics 2
 * (1955), section 2). With n people and m names at most n * n * m steps.
 */
export function matchSeats(people: readonly (readonly string[])[]): number {
  const heldBy = new Map<string, number>();
  const place = (person: number, tried: Set<string>): boolean => {
    for (const seat of people[person] ?? []) {
      if (tried.has(seat)) continue;
      tried.add(seat);
      const holder = heldBy.get(seat);
      if (holder !== undefined && !place(holder, tried)) continue;
      heldBy.set(seat, person);
      return true;
    }
    return false;
  };
  return people.filter((_, person) => place(person, new Set())).length;
}
