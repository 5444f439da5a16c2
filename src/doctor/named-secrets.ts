import { secretReader } from '../config.ts';
import { isPerennialError } from '../domain/words/errors.ts';
import { isTrainable, secretsOfTrainer } from '../domain/spec/trainer-spec.ts';
import { secretsOf } from '../sources/registry.ts';
import { isMissing, ok, reasonOf, skip, warn, type Check, type Finding } from './findings.ts';

/** Of each secret that a definition names, whether a process with these settings finds it. It is not shown. */
export const namedSecretsCheck: Check = {
  name: 'named secrets',
  run: async ({ config, database }) => {
    const facts = await database;
    if (isMissing(facts)) return [skip('named secrets', 'no database is at hand to say which are named')];
    const models = new Map<string, string[]>();
    for (const { name, source, trainer } of facts.sources)
      for (const secret of isTrainable(trainer) ? [...secretsOf(source), ...secretsOfTrainer(trainer)] : [])
        models.set(secret, [...(models.get(secret) ?? []), name]);
    if (models.size === 0) return [ok('named secrets', 'no definition names one')];
    const read = secretReader(config);
    return Promise.all([...models].map(([secret, names]) => findingOf(secret, names, read)));
  },
};

async function findingOf(
  secret: string,
  models: readonly string[],
  read: (name: string) => Promise<string>,
): Promise<Finding> {
  const named =
    models.length > 3 ? `${models.slice(0, 3).join(', ')} and ${models.length - 3} more` : models.join(', ');
  try {
    await read(secret);
    return ok('named secrets', `"${secret}" of ${named} is there`);
  } catch (error) {
    const fix = isPerennialError(error) ? error.hint : 'Correct it.';
    return warn('named secrets', `${reasonOf(error)} (named by ${named})`, fix);
  }
}
