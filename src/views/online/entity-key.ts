/**
 * The key columns of an entity as one text, by which the online store finds it; null where one of them is missing, which
 * no entity has. As a list, so that no two keys of several columns become one.
 */
export function entityKeyOf(key: readonly (string | null)[]): string | null {
  return key.some((part) => part === null || part === '') ? null : JSON.stringify(key);
}
