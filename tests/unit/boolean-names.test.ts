import { expect, test } from 'vitest';
import { readSources } from '../worlds/sources.ts';

/**
 * Members that are stored, sent, recorded in histories or typed as flags keep the names that they have there; their
 * types say them as they are.
 */
const kept = new Set(
  [
    // Stored in rows, evidence, specs and model files.
    'atDeadline created drifted failed fired forced fourEyes integer missingLeft ok onDecay onDrift onSpecChange refit',
    'approval retrain lastTrainingFailed onSourceChange slices warmStart recentErrors propose',
    // What workflows and activities say to each other.
    'appendsTraffic cancelled more needsApproval needsPerson neverTrained paused promoted rollout',
    // Flags of the command line, and bodies of commands.
    'force help json keep moveViews onlyNew opened print',
    // The client and the table of errors; the SDK's kind of feature.
    'boolean retryable',
    // Rows of the metrics' registry, which say what a metric needs.
    'needsThreshold needsValue needsQuantile',
  ].flatMap((names) => names.split(' ')),
);

test('a boolean member begins with is, has, can, may or should', () => {
  const found = readSources()
    .filter(({ file }) => /^(?:src|activities|workflows)\/.*(?<!\.test-d)\.tsx?$/.test(file))
    .flatMap(({ file, code }) =>
      [...code.matchAll(/readonly (\w+)\??: boolean\b/g)].map(([, name = '']) => ({ file, name })),
    );
  expect(found.length).toBeGreaterThan(100);
  const others = found.filter(({ name }) => !/^(?:is|has|can|may|should)[A-Z]/.test(name) && !kept.has(name));
  expect(others).toEqual([]);
  const names = new Set(found.map(({ name }) => name));
  expect([...kept].filter((name) => !names.has(name))).toEqual([]);
});
