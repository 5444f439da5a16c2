/**
 * A number of something as it stands in an identity: digits without a sign or a leading zero. Null for anything else,
 * so that no two texts are read as one number.
 */
export function parseWhole(text: string | undefined): number | null {
  return text !== undefined && /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : null;
}
