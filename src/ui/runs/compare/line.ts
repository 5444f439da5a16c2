import type { Child } from 'hono/jsx';

/** One fact of two runs. */
export interface Line {
  readonly name: string;
  readonly a: Child;
  readonly b: Child;
  readonly isSame: boolean;
}

export function line(name: string, a: string, b: string): Line {
  return { name, a, b, isSame: a === b };
}
