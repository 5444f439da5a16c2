/**
 * The value under a key, made once; the one that was made first leaves when there are too many, a failed one at once.
 */
export function remember<T>(
  known: Map<string, Promise<T>>,
  key: string,
  max: number,
  make: () => Promise<T>,
  drop: (old: Promise<T>) => void,
): Promise<T> {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  made.catch(() => known.delete(key));
  for (const [oldest, old] of known) {
    if (known.size <= max) break;
    known.delete(oldest);
    drop(old);
  }
  return made;
}
