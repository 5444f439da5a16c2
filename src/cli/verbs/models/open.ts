import { spawn } from 'node:child_process';
import { z } from 'zod';
import type { Config } from '../../../config.ts';
import { isPerennialError } from '../../../domain/words/errors.ts';
import { findStack, type Stack } from '../../../stack/find-stack.ts';
import { request } from '../../../stack/request.ts';
import type { Verb } from '../../line/verb.ts';

const linkAnswer = z.object({ url: z.url() });
/** Openers hand the address over and end; one that stays is showing the page. */
const openerMsMax = 3_000;

export const openVerb: Verb = {
  name: 'open',
  about: 'Open the pages in the browser, signed in; of one model when it is named.',
  words: ['[model]'],
  flags: [{ name: 'print', kind: 'switch', about: 'Only print the address: it signs in once, within a minute.' }],
  examples: ['perennial open', 'perennial open fraud', 'perennial open --print'],
  async run({ words: [model], config, out, isSet }) {
    const { line, ...opened } = await openPages(config, { model, print: isSet('print') });
    out.line(line);
    out.json(opened);
  },
};

/**
 * Opens the pages of the stack that runs here; without a browser, or when only asked to print, `line` is the address.
 */
export async function openPages(
  config: Config,
  ask: { readonly model?: string | undefined; readonly print: boolean },
): Promise<{ readonly url: string; readonly opened: boolean; readonly line: string }> {
  const stack = await findStack(config);
  const url = await signedIn(stack, ask.model === undefined ? '/' : `/models/${encodeURIComponent(ask.model)}`);
  const opened = !ask.print && (await openInBrowser(url));
  return { url, opened, line: opened ? `Opened ${stack.controlUrl} in the browser.` : url };
}

/** A link that signs in once; where the server cannot make one, the plain address, which asks for a token. */
async function signedIn(stack: Stack, path: string): Promise<string> {
  try {
    const { url } = await request(linkAnswer, {
      method: 'POST',
      url: `${stack.controlUrl}/v1/sign-in-links`,
      token: stack.token,
    });
    const link = new URL(url);
    link.searchParams.set('next', path);
    return link.href;
  } catch (error) {
    if (isPerennialError(error) && (error.code === 'not_found' || error.code === 'forbidden'))
      return `${stack.controlUrl}${path}`;
    throw error;
  }
}

/** The address is one argument of its own: no shell reads it. */
const openers: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** False when there is no browser, or nothing to show it on. */
export function openInBrowser(
  url: string,
  [command, ...args]: readonly [string, ...string[]] = openers[process.platform] ?? ['xdg-open'],
): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
    child.unref();
    const timer = setTimeout(() => resolve(true), openerMsMax);
    const end = (isOpened: boolean): void => {
      clearTimeout(timer);
      resolve(isOpened);
    };
    child.once('error', () => end(false));
    child.once('exit', (code) => end(code === 0));
  });
}
