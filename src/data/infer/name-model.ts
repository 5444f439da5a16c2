import { basename } from 'node:path';
import { modelNamePattern } from '../../domain/spec/check-spec.ts';

/** `Power Data (1).csv.gz` gives `power-data-1`. */
export function modelNameOf(path: string): string {
  const stem = basename(path)
    .replace(/\.(gz)$/i, '')
    .replace(/\.[^.]*$/, '');
  const plain = stem
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .replaceAll(/^[-_]+|[-_]+$/g, '')
    .slice(0, 40);
  const name = /^[a-z]/.test(plain) ? plain : `table-${plain}`.replace(/-$/, '');
  return modelNamePattern.test(name) ? name : 'table';
}
