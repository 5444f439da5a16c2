// Exit code 0 when a health route answers 200. Node is what the image has: there is no curl in it.
const limitMs = 4_000;
const [url = ''] = process.argv.slice(2);
try {
  const response = await fetch(url, { signal: AbortSignal.timeout(limitMs) });
  await response.arrayBuffer();
  if (!response.ok) process.stdout.write(`${url} answers ${response.status}\n`);
  process.exitCode = response.ok ? 0 : 1;
} catch (error) {
  process.stdout.write(`${url}: ${error.message}\n`);
  process.exitCode = 1;
}
