/**
 * The key columns of an entity as one text, by which the online store finds it; null where one of them is missing: no
 * entity has that. As a list, so that no two keys of several columns become one; the empty text is a key like others.
 */
export function entityKeyOf(key: readonly (string | null)[]): string | null {
  return key.includes(null) ? null : JSON.stringify(key);
}
