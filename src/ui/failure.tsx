import type { PageFailure } from './failure-page.tsx';
import { Layout, render } from './layout.tsx';

const titles: Partial<Record<PageFailure['code'], string>> = {
  forbidden: 'Not for this token',
  unavailable: 'Not available now',
};

/** What went wrong, what to do, and the id by which it is found in the log. */
export async function failurePage({ status, code, text, hint, requestId, call }: PageFailure): Promise<Response> {
  const title = titles[code] ?? (status === 404 ? 'Not found' : status >= 500 ? 'Something failed' : 'Not possible');
  return render(
    <Layout call={call} title={title}>
      <h1>{title}</h1>
      <p>{text}</p>
      <p>
        <b>What to do:</b> {hint}
      </p>
      <p>
        <a href="/">All models</a>
      </p>
      <p class="small dim">
        {status} {code}, request <code>{requestId}</code>
      </p>
    </Layout>,
    status,
  );
}
