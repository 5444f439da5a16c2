/**
 * What a request came to. `stranger`: no proof of who asks. `refused`: not for this role or scope. `unknown`: there is
 * no such thing, for this caller at least. `in`: past all of that, whatever was said then.
 */
export type Outcome = 'stranger' | 'refused' | 'unknown' | 'in' | 'broken';

export interface Came {
  readonly outcome: Outcome;
  /** What was said, without what differs from request to request. */
  readonly said: string;
}

export async function cameThroughApi(response: Response): Promise<Came> {
  return { outcome: outcomeOf(response.status), said: (await response.text()).replace(/"requestId":"[^"]*"/, '') };
}

/** A page says what it refuses in a sentence that the next page shows. */
export async function cameThroughPage(response: Response): Promise<Came> {
  const text = (await response.text()).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '');
  if (response.status !== 303)
    return { outcome: outcomeOf(response.status), said: response.ok ? text : sentenceOf(text) };
  if (response.headers.get('location')?.startsWith('/sign-in') === true) return { outcome: 'stranger', said: '' };
  const [kind, notice] = noticeIn(response);
  if (kind !== 'failed') return { outcome: 'in', said: notice };
  if (/covers models named|; this needs|this needs a token for all/.test(notice))
    return { outcome: 'refused', said: notice };
  return {
    outcome: /There is no (run|alert|annotation|model|snapshot)|has no version|no rollout/i.test(notice)
      ? 'unknown'
      : 'in',
    said: notice,
  };
}

function outcomeOf(status: number): Outcome {
  if (status === 401) return 'stranger';
  if (status === 403) return 'refused';
  if (status === 404) return 'unknown';
  return status >= 500 ? 'broken' : 'in';
}

/** The one sentence of a failure page: its frame differs with who is signed in. */
function sentenceOf(html: string): string {
  return /<main[\s\S]*<\/main>/.exec(html)?.[0]?.replaceAll(/<form[\s\S]*?<\/form>/g, '') ?? html;
}

function noticeIn(response: Response): readonly [kind: string, text: string] {
  const sealed = /perennial-notice=([^.;]+)/.exec(response.headers.getSetCookie().join('\n'))?.[1] ?? '';
  const parsed: unknown = sealed === '' ? [] : JSON.parse(Buffer.from(sealed, 'base64url').toString('utf8'));
  return Array.isArray(parsed) ? [String(parsed[0]), String(parsed[1])] : ['', ''];
}
