import { openArtifactStore } from '../artifacts/open-artifact-store.ts';
import { isPerennialError } from '../domain/words/errors.ts';
import { fail, ok, reasonOf, type Check } from './findings.ts';

const name = 'artifacts';

/** Whether the bucket of the artifact store answers these credentials; what it holds, nobody looks at. */
export const artifactsCheck: Check = {
  name,
  run: async ({ config }) => {
    // A folder is looked at with the other disks.
    if (config.artifactBucket === null) return [];
    try {
      await openArtifactStore(config).under('00');
      return [ok(name, `${config.artifacts} answers`)];
    } catch (error) {
      const hint = isPerennialError(error) ? error.hint : 'Look at the store and at the network to it.';
      return [fail(name, reasonOf(error), hint)];
    }
  },
};
