/** What the reference page shows for a route, and what a client may try first. */
export interface Example {
  readonly request?: unknown;
  readonly answer?: unknown;
}
