import { createHmac } from 'node:crypto';

/**
 * How the processes of this machine sign in to the embedded Postgres: not as its owner. The passwords follow from the
 * owner's, so that nothing else has to be kept. They hold secrets: never log them.
 */
export function loginUrlsOf(ownerUrl: string): { readonly app: string; readonly read: string } {
  const urlOf = (name: string): string => {
    const url = new URL(ownerUrl);
    url.password = createHmac('sha256', url.password).update(name).digest('hex');
    url.username = name;
    return url.href;
  };
  return { app: urlOf('perennial_run'), read: urlOf('perennial_pages') };
}
