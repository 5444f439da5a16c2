import type { PageCall } from '../frame/page-call.ts';

/** Nothing is here yet: what to do next, to be copied. */
export function FirstModel({ call }: { readonly call: PageCall }) {
  return (
    <div class="empty">
      <h2>{call.principal.scope === '*' ? 'No model yet' : `No model that “${call.principal.scope}” covers yet`}</h2>
      <p>Declare one in a file and apply it; it is trained, judged and served without further words:</p>
      <pre tabindex={0}>
        <code>npx perennial apply models/orders.ts</code>
      </pre>
      <p>Or bring one that was trained elsewhere; it is served and watched, and never retrained:</p>
      <pre tabindex={0}>
        <code>npx perennial import model.onnx --name payments.fraud</code>
      </pre>
    </div>
  );
}
