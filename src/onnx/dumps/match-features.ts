import type { Signature, SignatureColumn } from '../../domain/spec/signature.ts';
import { featuresOf } from '../../domain/spec/signature.ts';
import { nearestName } from '../../domain/words/nearest-name.ts';
import type { PerennialError } from '../../domain/words/errors.ts';
import { refusedFile } from '../file/refused-file.ts';
import type { Dump } from './dump.ts';
import { shown } from './read-json.ts';

/** The feature that a feature of the dump is, with its kind. */
export type Place = Pick<SignatureColumn, 'name' | 'kind'>;

/**
 * For each feature of the dump the one of the signature, raw or derived, by its name; LightGBM has underscores where a
 * name had white space. Without names it is the order that says. Null where the signature has none of the name, which
 * matters once a tree reads it. Throws `unsupported`.
 */
export function matchFeatures({ maker, features }: Dump, signature: Signature): readonly (Place | null)[] {
  const known = featuresOf(signature);
  if (features.every(({ name }) => name === null)) {
    if (features.length === known.length) return known;
    throw refusedFile(
      `reads ${features.length} columns without names, and the definition has ${known.length} features`,
      `Train ${maker} on a data frame, or on all features in their order.`,
    );
  }
  const taken = new Set<string>();
  return features.map(({ name }) => {
    const place = name === null ? null : placeOf(name, known);
    if (place === null) return null;
    if (taken.has(place.name))
      throw refusedFile(`reads the feature ${shown(place.name)} as two columns`, 'Train on each feature once.');
    taken.add(place.name);
    return place;
  });
}

function placeOf(name: string, known: readonly Place[]): Place | null {
  const exact = known.find((one) => one.name === name);
  if (exact !== undefined) return exact;
  const alike = known.filter((one) => one.name.replaceAll(/\s/g, '_') === name);
  if (alike.length > 1)
    throw refusedFile(
      `reads ${shown(name)}, and ${alike.length} features are called so once white space is an underscore`,
      'Rename one of them.',
    );
  return alike[0] ?? null;
}

/** A tree reads what is no feature here. */
export function unknownFeature({ name }: { readonly name: string | null }, signature: Signature): PerennialError {
  const names = featuresOf(signature).map((feature) => feature.name);
  const near = name === null ? null : nearestName(name, names);
  return refusedFile(
    `reads ${shown(name ?? '')}, which is no feature of the definition`,
    near === null
      ? 'Train on the features under the names that spec.json gives them.'
      : `Is it ${shown(near)}? Train on the features under the names that spec.json gives them.`,
  );
}
