import { expect } from 'vitest';
import { createToken } from '../../src/access/create-token.ts';
import type { Api } from '../../src/control/app.ts';
import type { Database } from '../../src/db/base/connect.ts';
import type { Role } from '../../src/domain/record/closed-sets.ts';

export interface PageAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

export interface FormAnswer {
  readonly status: number;
  readonly location: string;
  /** What the next page will say. */
  readonly notice: string;
}

/** People who read the pages and send their forms, each by a name; whoever is not named is `operator`. */
export interface PageReaders<Who extends string> {
  /** Makes a token `role of scope`, and signs in with it under a name. */
  signIn(who: Who, role: Role, scope: string): Promise<void>;
  /** Of the session that somebody has signed in to. */
  cookieOf(who: Who): string;
  get(url: string, who?: Who): Promise<PageAnswer>;
  /** The words of a page that must be there, and keep to the policy of the pages. */
  read(url: string, who?: Who): Promise<string>;
  post(url: string, form: Readonly<Record<string, string>>, who?: Who): Promise<FormAnswer>;
}

export function pageReaders<Who extends string>(
  api: () => Api,
  database: () => Database,
  usual: Who,
): PageReaders<Who> {
  const cookies = new Map<Who, string>();
  const cookieOf = (who: Who): string => cookies.get(who) ?? '';
  const get = async (url: string, who: Who = usual): Promise<PageAnswer> => {
    const answer = await api().request(url, { headers: { cookie: cookieOf(who) } });
    return { status: answer.status, text: await answer.text(), headers: answer.headers };
  };
  return {
    async signIn(who, role, scope) {
      const { secret } = await createToken(database().db, {
        name: `${role} of ${scope}`,
        role,
        scope,
        expiresAt: null,
      });
      const answer = await api().request('/sign-in', {
        method: 'POST',
        headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ token: secret }).toString(),
      });
      const cookie = answer.headers.get('set-cookie')?.split(';')[0];
      if (answer.status !== 303 || cookie === undefined)
        throw new Error(`could not sign in: ${answer.status} ${await answer.text()}`);
      cookies.set(who, cookie);
    },
    cookieOf,
    get,
    async read(url, who) {
      const { status, text } = await get(url, who);
      expect({ url, status, ...(status === 200 ? {} : { said: wordsOf(text) }) }).toEqual({ url, status: 200 });
      // The policy of the pages forbids both.
      expect(text).not.toMatch(/ style="|<script>|onclick=/);
      return wordsOf(text);
    },
    async post(url, form, who = usual) {
      const page = await get('/', who);
      const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
      const answer = await api().request(url, {
        method: 'POST',
        headers: {
          cookie: cookieOf(who),
          'sec-fetch-site': 'same-origin',
          'content-type': 'application/x-www-form-urlencoded',
          host: 'localhost',
        },
        body: new URLSearchParams({ csrf, ...form }).toString(),
      });
      const set = answer.headers.getSetCookie().find((cookie) => cookie.includes('perennial-notice=')) ?? '';
      const sealed = /perennial-notice=([^.;]+)/.exec(set)?.[1] ?? '';
      return {
        status: answer.status,
        location: answer.headers.get('location') ?? '',
        notice: Buffer.from(sealed, 'base64url').toString('utf8'),
      };
    },
  };
}

/** What a reader sees: no tags, one space. */
export function wordsOf(html: string): string {
  return html
    .replaceAll(/<(script|style|svg)[\s\S]*?<\/\1>/g, ' ')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ([.,:;)])/g, '$1');
}
