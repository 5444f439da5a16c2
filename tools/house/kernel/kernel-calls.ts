import { associationCalls } from './association-calls.ts';
import { abTestCalls } from './ab-test-calls.ts';
import type { KernelCalls } from './call.ts';
import { distributionCalls } from './distribution-calls.ts';
import { rowCalls } from './row-calls.ts';
import { sampleCalls } from './sample-calls.ts';
import { sequentialCalls } from './sequential-calls.ts';

/** How each function of src/statistics is asked what its golden vectors ask. */
export const kernelCalls: KernelCalls = {
  ...distributionCalls,
  ...rowCalls,
  ...sampleCalls,
  ...sequentialCalls,
  ...abTestCalls,
  ...associationCalls,
};
