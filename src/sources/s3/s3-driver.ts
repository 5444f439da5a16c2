import { writeWithDigest } from '../../artifacts/digest.ts';
import type { S3Source } from '../../domain/spec/source-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { connectS3, type S3Bucket } from '../../s3/connect-s3.ts';
import { download } from '../../s3/download.ts';
import { listKeys } from '../../s3/list-keys.ts';
import { parseS3Url } from '../../s3/s3-url.ts';
import { keyFilter } from '../objects/key-pattern.ts';
import { createObjectsSource, objectsCaveats } from '../objects/objects-source.ts';
import { compareKeys, objectsMax, type ListedObject, type Objects } from '../objects/objects.ts';
import { printable } from '../objects/printable.ts';
import type { SourceDriver, SourcePlace } from '../port.ts';
import { refuseForeignBucket } from './refuse-foreign-bucket.ts';
import { settingsOf } from './settings-of.ts';

/** Keys that are looked at in all, whatever they are called. */
const keysMax = 4 * objectsMax;

/** Objects below a prefix of an S3-compatible store, each read once; an object is there as a whole or not at all. */
export const s3Driver: SourceDriver<S3Source> = {
  describe: (spec) => spec.url,

  declare({ kind, url, ...options }) {
    return { word: kind, args: [url, options] };
  },

  secretsOf: ({ credentials }) => Object.values(credentials ?? {}),

  caveats: objectsCaveats,

  connect: (spec, place) =>
    createObjectsSource({
      objects: s3Objects(spec, place),
      format: spec.format,
      onRewrite: spec.onRewrite ?? 'report',
      store: place.store,
    }),
};

function s3Objects(spec: S3Source, place: SourcePlace): Objects {
  const { bucket: name, prefix } = parseS3Url(spec.url);
  const isMeant = keyFilter(spec.format, spec.pattern);
  let opened: Promise<S3Bucket> | null = null;

  async function within<Answer>(work: (bucket: S3Bucket) => Promise<Answer>): Promise<Answer> {
    refuseForeignBucket(spec, place);
    opened ??= settingsOf(spec, place).then(connectS3);
    return work(await opened);
  }

  async function list(bucket: S3Bucket): Promise<readonly ListedObject[]> {
    // By key: a store that names one twice must not have it taken twice.
    const found = new Map<string, ListedObject>();
    let seen = 0;
    for await (const { key: whole, bytes, etag } of listKeys(bucket, prefix)) {
      if (++seen > keysMax)
        throw new PerennialError('invalid_data', `The source ${spec.url} holds more than ${keysMax} objects.`, {
          path: 'source.url',
          hint: 'Name a prefix that holds only this history.',
        });
      const key = whole.slice(prefix.length);
      if (isMeant(key)) found.set(key, { key, bytes, mark: `${bytes}-${etag}`, isSettled: bytes > 0 });
    }
    return [...found.values()].sort((left, right) => compareKeys(left.key, right.key));
  }

  return {
    nameOf: (key) => printable(key === null ? spec.url : `s3://${name}/${prefix}${key}`),
    refuseForeign: async () => refuseForeignBucket(spec, place),
    list: () => within(list),
    read: ({ key, bytes, mark }, file) =>
      within(async (bucket) => {
        const ask = { key: `${prefix}${key}`, listed: { bytes, etag: mark.slice(`${bytes}-`.length) } };
        return (await download(bucket, ask, (body) => writeWithDigest(body, file)))?.sha256 ?? null;
      }),
  };
}
