import type { ReferenceProfile } from './profile.ts';

/**
 * The profile of a version without data: nothing is binned by it until its first window of traffic has become its
 * reference.
 */
export const emptyProfile: ReferenceProfile = {
  formatVersion: 1,
  rows: 0,
  features: [],
  prediction: { name: 'prediction', kind: 'binned', edges: [], counts: [0], missing: 0 },
};
