import type { Config } from '../config.ts';
import { connectS3 } from '../s3/connect-s3.ts';
import { parseS3Url } from '../s3/s3-url.ts';
import { createArtifactCache } from './artifact-cache.ts';
import { createArtifactStore, type ArtifactStore } from './artifact-store.ts';
import { createS3Store } from './s3-store.ts';

type StoreConfig = Pick<Config, 'artifactDir' | 'artifactBucket'>;

/** The artifact store of this installation: a folder, or a bucket where one is set. Nothing is asked of it yet. */
export function openArtifactStore({ artifactDir, artifactBucket }: StoreConfig): ArtifactStore {
  if (artifactBucket === null) return createArtifactStore(artifactDir);
  const { url, endpoint, region, cacheBytesMax } = artifactBucket;
  const { bucket, prefix } = parseS3Url(url);
  return createS3Store({
    open: () => connectS3({ bucket, endpoint, region, code: 'configuration', path: 'PERENNIAL_ARTIFACTS' }),
    prefix,
    cache: createArtifactCache(artifactDir, { bytesMax: cacheBytesMax }),
    dir: artifactDir,
  });
}
