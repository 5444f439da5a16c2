/** The name that was probably meant: fewest edits, ignoring case; null when none is within a third of its length (at least 2). */
export function nearestName(wanted: string, names: readonly string[]): string | null {
  let best: string | null = null;
  let bestEdits = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const name of names) {
    const edits = editDistance(wanted.toLowerCase(), name.toLowerCase(), bestEdits);
    if (edits < bestEdits) {
      best = name;
      bestEdits = edits;
    }
  }
  return best;
}

/** Names shown in a message before the rest is counted. */
const namesShownMax = 40;

/** `a, b, c`, cut at 40 names with the number of the rest. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, namesShownMax).join(', ');
  return names.length > namesShownMax ? `${shown} and ${names.length - namesShownMax} more` : shown;
}

/** Levenshtein distance by rows, given up as soon as a whole row is at or above `limit`. */
function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) >= limit) return limit;
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const current = [i];
    for (let j = 1; j <= right.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    if (Math.min(...current) >= limit) return limit;
    previous = current;
  }
  return previous[right.length] ?? limit;
}
