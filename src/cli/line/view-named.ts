import { modelNamePattern } from '../../domain/spec/check-spec.ts';

/** The view that `view/NAME` names; null for whatever names none. Names of models have no slash. */
export function viewNamed(word: string): string | null {
  const name = word.startsWith('view/') ? word.slice('view/'.length) : '';
  return modelNamePattern.test(name) ? name : null;
}
