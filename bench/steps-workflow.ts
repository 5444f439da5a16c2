import { proxyActivities } from '@temporalio/workflow';

const { nothing } = proxyActivities<{ nothing(): Promise<void> }>({ startToCloseTimeout: '10 seconds' });

/** `count` durable steps, one after the other. */
export async function steps(count: number): Promise<void> {
  for (let step = 0; step < count; step++) await nothing();
}
