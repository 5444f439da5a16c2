/** The entry of the workflow bundle: every export here can be started. */
export { abTest } from './ab-test.ts';
export { erase } from './erase.ts';
export { experiment } from './experiment.ts';
export { guard } from './guard.ts';
export { ingest } from './ingest.ts';
export { keep } from './keep.ts';
export { model } from './model/model.ts';
export { reconcile } from './reconcile.ts';
export { reproduce } from './reproduce.ts';
export { retain } from './retain.ts';
export { rollout } from './rollout/rollout.ts';
export { train } from './train.ts';
export { triggers } from './triggers.ts';
export { watch } from './watch.ts';
