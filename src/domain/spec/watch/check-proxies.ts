import { problemIf, type SpecProblem } from '../spec-bounds.ts';
import type { ModelSpec } from '../spec.ts';

export const proxiesMax = 8;
export const proxyName = /^[a-z][a-z0-9_]{0,63}$/;

/** What is wrong with the declared proxies: names that cannot be sent or told apart, a meaning that is none. */
export function checkProxies({ watch }: Pick<ModelSpec, 'watch'>): SpecProblem[] {
  const proxies = watch.proxies ?? [];
  const names = proxies.map(({ name }) => name);
  return [
    ...problemIf(
      proxies.length > proxiesMax,
      'watch.proxies',
      `${proxies.length} proxies are too many`,
      `Declare at most ${proxiesMax}.`,
    ),
    ...proxies.flatMap(({ name, meaning }, index) => [
      ...problemIf(
        !proxyName.test(name),
        `watch.proxies[${index}].name`,
        `"${name}" is no name of a proxy`,
        'Use up to 64 of a-z, 0-9 and "_", beginning with a letter.',
      ),
      ...problemIf(
        names.indexOf(name) !== index,
        `watch.proxies[${index}].name`,
        `there are two proxies "${name}"`,
        'Give each a name of its own.',
      ),
      ...problemIf(
        meaning.trim() === '',
        `watch.proxies[${index}].meaning`,
        'it does not say what the proxy means',
        'Say in a few words what a value tells.',
      ),
    ]),
  ];
}
