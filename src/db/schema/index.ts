/** All tables, one file per subject. drizzle-kit and the migrations read this. */
export * from './models.ts';
export * from './runs.ts';
export * from './feature-views.ts';
export * from './quarantine.ts';
export * from './online-views.ts';
export * from './people.ts';
export * from './audit.ts';
export * from './routing.ts';
export * from './ab-tests.ts';
export * from './installation.ts';
export * from './traffic.ts';
export * from './watching.ts';
export * from './retention.ts';
export * from './log.ts';
export * from './pushes.ts';
export * from './snapshot-tags.ts';
