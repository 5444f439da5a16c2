import { PerennialError } from '../domain/errors.ts';
import type { DemoOptions } from './demo-options.ts';

export async function playWorld(_options: DemoOptions): Promise<number> {
  throw new PerennialError('unsupported', 'wired next');
}
