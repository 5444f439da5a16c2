import type { Child } from 'hono/jsx';
import type { Permission } from '../../access/roles.ts';

/** Something that a person may do about a model. */
export interface Offer {
  /** The last part of the path that its form is sent to. */
  readonly verb: string;
  readonly label: string;
  /** What it takes where that is more than `operate`. */
  readonly permission?: Permission;
  readonly about: string;
  /** Why it is not possible as things stand; null when it is. */
  readonly notNow: string | null;
  readonly confirm?: string;
  readonly hidden?: Readonly<Record<string, string>>;
  readonly fields?: Child;
}
