import { Readable, Transform, type TransformCallback } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';

/** A page of a thousand keys of a thousand characters, each written in three, is a quarter of this. */
const answerBytesMax = 16 * 1_048_576;

/**
 * Ends an answer that is read into memory (a list, an error) when it grows beyond all measure: a store that somebody
 * named may send without end. Bytes of objects go to the disk, and are as many as was said.
 */
export function limitAnswers(client: S3Client): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const output = await next(args);
        const { response } = output;
        if (isAnswer(response) && (commandName !== 'GetObjectCommand' || response.statusCode >= 300))
          response.body = limited(response.body);
        return output;
      },
    // The last of this step: it sees an answer before anything reads it.
    { step: 'deserialize', priority: 'low', name: 'limitAnswers' },
  );
}

function isAnswer(response: unknown): response is { statusCode: number; body: Readable } {
  return (
    typeof response === 'object' &&
    response !== null &&
    'statusCode' in response &&
    'body' in response &&
    response.body instanceof Readable
  );
}

function limited(body: Readable): Readable {
  let bytes = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
      bytes += chunk.length;
      done(bytes > answerBytesMax ? new Error('the answer is too long') : null, chunk);
    },
  });
  body.once('error', (error) => limit.destroy(error));
  limit.once('close', () => body.destroy());
  return body.pipe(limit);
}
