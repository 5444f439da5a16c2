import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CurrentView } from '../ports.ts';
import { rememberedViews } from './current-views.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('a database that is away is asked once a second, and requests get what was known', async () => {
  // oxlint-disable-next-line no-unsafe-type-assertion -- what is remembered is not looked into
  const view = { revision: 1 } as CurrentView;
  let asks = 0;
  const current = rememberedViews(
    {
      current: async () => {
        asks++;
        return asks === 1 ? Promise.resolve(view) : Promise.reject(new Error('away'));
      },
    },
    log,
  );
  expect(await current('cards')).toBe(view);
  await vi.advanceTimersByTimeAsync(1_500);
  for (let request = 0; request < 5; request++) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect(await current('cards')).toBe(view);
  }
  expect(asks).toBe(2);
});
