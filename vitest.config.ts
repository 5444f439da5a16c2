import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{src,workflows,activities,models,simulator}/**/*.test.ts'],
          testTimeout: 30_000,
        },
      },
    ],
  },
});
