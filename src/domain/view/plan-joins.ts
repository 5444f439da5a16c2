/** A snapshot of the line of a view, as far as it matters to what is joined with it. */
export interface JoinablePart {
  readonly digest: string;
  /** How many levels of joins are in it, from 0; null where it is as large as it may be. */
  readonly level: number | null;
  /** Snapshots that were read of the source in it. */
  readonly looks: number;
  /** Rows, those set aside too. */
  readonly rows: number;
  readonly orderMin: number;
  readonly orderMax: number;
}

export interface PlannedJoin {
  /** Neighbours in the line, oldest first. */
  readonly parts: readonly JoinablePart[];
  readonly level: number | null;
  readonly looks: number;
}

/** So many of one level become one of the next, and a line has one less than that of each level. */
export const joinedAtOnce = 16;
/** Rows of one file, above which nothing is joined; a snapshot of half as many is not written anew. */
export const joinedRowsMax = 1_000_000;

/**
 * What is to be joined next of a line (oldest first), or null. The newest stays as it is: its source is read on from
 * it. So a line has at most `lineMax` parts, and a row is written anew once for each level.
 */
export function nextJoin(line: readonly JoinablePart[]): PlannedJoin | null {
  const stretches = stretchesOf(line.slice(0, -1));
  for (const [at, stretch] of stretches.entries()) {
    // Nothing is added to a stretch that something else follows: it waits for no more.
    const joined = at < stretches.length - 1 ? stretch : runOf(stretch);
    if (joined.length < 2) continue;
    return planned(fitting(joined));
  }
  return null;
}

/**
 * The most parts that a line has when nothing is left to join, whose places go up from the first row to the last.
 *
 * @testonly
 */
export function lineMax(looks: number, rows: number): number {
  const levels = Math.floor(Math.log(Math.max(1, looks)) / Math.log(joinedAtOnce)) + 1;
  return (joinedAtOnce - 1) * levels + 2 + Math.ceil((4 * rows) / joinedRowsMax);
}

/** Neighbours that may stand in one file; what is large enough stands alone, and ends a stretch. */
function stretchesOf(line: readonly JoinablePart[]): readonly (readonly JoinablePart[])[] {
  const stretches: JoinablePart[][] = [];
  let before: JoinablePart | undefined;
  for (const part of line) {
    const stretch = stretches.at(-1);
    if (stretch !== undefined && before !== undefined && follows(before, part) && !isLarge(before) && !isLarge(part))
      stretch.push(part);
    else stretches.push([part]);
    before = part;
  }
  // What comes next continues the last part, unless nothing may be joined with it.
  if (before !== undefined && isLarge(before)) stretches.push([]);
  return stretches;
}

function isLarge({ level, rows }: JoinablePart): boolean {
  return level === null || rows >= joinedRowsMax / 2;
}

/** An earlier snapshot is read up to its last place in what it was joined into: so places must go up within it. */
function follows(before: JoinablePart, next: JoinablePart): boolean {
  return next.orderMin > before.orderMax && next.orderMax >= before.orderMax;
}

/** The oldest parts of one level, if there are enough of them. */
function runOf(stretch: readonly JoinablePart[]): readonly JoinablePart[] {
  for (let from = 0; from < stretch.length; from++) {
    const run = stretch.slice(from, from + joinedAtOnce);
    if (run.length === joinedAtOnce && run.every(({ level }) => level === run[0]?.level)) return run;
  }
  return [];
}

/** As many of the first as one file may hold: two at least, since neither of them is large. */
function fitting(parts: readonly JoinablePart[]): readonly JoinablePart[] {
  let rows = 0;
  const taken: JoinablePart[] = [];
  for (const part of parts.slice(0, joinedAtOnce)) {
    if (rows + part.rows > joinedRowsMax) break;
    taken.push(part);
    rows += part.rows;
  }
  return taken;
}

function planned(parts: readonly JoinablePart[]): PlannedJoin {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const levels = parts.map(({ level }) => level ?? 0);
  return {
    parts,
    level: rows >= joinedRowsMax / 2 ? null : 1 + Math.max(...levels),
    looks: parts.reduce((sum, { looks }) => sum + looks, 0),
  };
}
