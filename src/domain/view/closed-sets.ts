// Words of feature views, each set once; the schema of views and the SDK derive from these.

/** How a value of a view stands at a moment: see `statusOf`. */
export const valueStatuses = ['fresh', 'stale', 'missing'] as const;
export type ValueStatus = (typeof valueStatuses)[number];

/** What a windowed feature makes of the rows in its window. */
export const aggregates = ['count', 'sum', 'mean', 'min', 'max', 'last', 'distinct', 'ratio'] as const;
export type Aggregate = (typeof aggregates)[number];
