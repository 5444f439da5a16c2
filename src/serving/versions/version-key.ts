import type { RoutedVersion } from '../../domain/rollout/routing.ts';

/** One name for a loaded version, also between processes. */
export function versionKey(model: string, routed: Pick<RoutedVersion, 'version' | 'modelDigest'>): string {
  return `${model}@${routed.version}@${routed.modelDigest.slice(0, 16)}`;
}

/** The model of such a name, whole: another model's name may begin with it. */
export function modelOfKey(key: string): string {
  return key.slice(0, key.indexOf('@'));
}
