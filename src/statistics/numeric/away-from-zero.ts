/** The smallest step of the modified Lentz method: its terms must never be divided by zero. */
export const tiny = 1e-300;

export function awayFromZero(x: number): number {
  return Math.abs(x) < tiny ? tiny : x;
}
