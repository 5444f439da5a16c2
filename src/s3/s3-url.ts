/** `s3://bucket/a/prefix` as bucket and prefix; the prefix ends with a slash, or is empty. */
export function parseS3Url(url: string): { readonly bucket: string; readonly prefix: string } {
  const [, bucket = '', rest = ''] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(url) ?? [];
  return { bucket, prefix: rest === '' || rest.endsWith('/') ? rest : `${rest}/` };
}
