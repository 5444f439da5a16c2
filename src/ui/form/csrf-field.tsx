import type { PageCall } from '../frame/page-call.ts';

/** Proves that a form was made for this session. */
export function CsrfField({ call }: { readonly call: PageCall }) {
  return <input type="hidden" name="csrf" value={call.csrf} />;
}
