import { withPageHeaders } from './headers.ts';

/** 303: the browser asks for the next page with GET, and a reload repeats no form. */
export function seeOther(to: string): Response {
  return withPageHeaders(new Response(null, { status: 303, headers: { location: to } }));
}

/** To the form for signing in, and from there to `next`. */
export function toSignIn(next: string | null): Response {
  return seeOther(next === null || next === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`);
}
