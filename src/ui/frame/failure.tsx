import type { ErrorCode } from '../../domain/words/errors.ts';
import { Layout } from './layout.tsx';
import { PlainFailure, type PageFailure } from './plain-failure.tsx';
import { render } from './render.ts';

const titles: Partial<Record<ErrorCode, string>> = {
  forbidden: 'Not for this token',
  unavailable: 'Not available now',
};

/** What went wrong, what to do, and the id by which it is found in the log. */
export async function failurePage(failure: PageFailure): Promise<Response> {
  try {
    return await render(<Failure {...failure} />, failure.status);
  } catch {
    // The frame itself may need what has just failed (a banner from the database): the sentence must be shown all the
    // same.
    return render(<PlainFailure {...failure} />, failure.status);
  }
}

function Failure({ status, code, text, hint, requestId, call }: PageFailure) {
  const title = titles[code] ?? (status === 404 ? 'Not found' : status >= 500 ? 'Something failed' : 'Not possible');
  return (
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
    </Layout>
  );
}
