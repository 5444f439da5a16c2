import { bannersFor } from '../../commands/pages/banners.ts';
import { ago, modelPath } from '../words/format.ts';
import type { PageCall } from './page-call.ts';

/** While something is frozen or killed, every page says so, with who, why and since when. */
export async function Banners({ call }: { readonly call: PageCall }) {
  const { shown, more } = await bannersFor(call.command);
  return (
    <div data-live="banners">
      {shown.map((banner) => (
        <p class={`banner ${banner.kind}`} role="status">
          <b>{banner.kind === 'kill' ? 'Kill switch' : 'Frozen'}:</b>{' '}
          {banner.model === '*' ? (
            <a href="/#all-models">all models</a>
          ) : (
            <a href={`${modelPath(banner.model)}#actions`}>{banner.model}</a>
          )}{' '}
          by {banner.actor}, {ago(banner.since)} ago: “{banner.reason}”. Nothing automatic changes{' '}
          {banner.model === '*' ? 'any model' : 'it'} until it is thawed.
        </p>
      ))}
      {more > 0 ? (
        <p class="banner freeze">
          <a href="/?show=frozen">{more} more are frozen.</a>
        </p>
      ) : null}
    </div>
  );
}
