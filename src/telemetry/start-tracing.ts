import type { Span as OtelSpan, SpanStatusCode } from '@opentelemetry/api';
import type { Config } from '../config.ts';
import { useTracer, type Attributes, type Span, type Tracer } from './tracer.ts';
import { cut } from '../domain/words/cut.ts';
import { charsMax } from '../domain/words/limits.ts';

/** An end must not wait for a collector that is away. */
const stopLimitMs = 3_000;

/**
 * The tracer of this process when OTEL_EXPORTER_OTLP_ENDPOINT is set, undefined otherwise: only then is OpenTelemetry
 * loaded at all. Spans wait in a bounded queue and are dropped when the collector is away; a request never waits.
 */
export async function startTracing(
  config: Pick<Config, 'otlpEndpoint' | 'serviceName'>,
  process: 'control' | 'inference',
): Promise<Tracer | undefined> {
  const { otlpEndpoint, serviceName } = config;
  if (otlpEndpoint === undefined) return undefined;
  const [api, sdk, exporter, resources] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const provider = new sdk.NodeTracerProvider({
    resource: resources.resourceFromAttributes({ 'service.name': serviceName ?? `perennial-${process}` }),
    spanProcessors: [
      new sdk.BatchSpanProcessor(
        new exporter.OTLPTraceExporter({ url: `${otlpEndpoint.replace(/\/+$/, '')}/v1/traces` }),
        { maxQueueSize: 2_048 },
      ),
    ],
  });
  // Registers the W3C propagator and the context of asynchronous calls.
  provider.register();
  const tracer = api.trace.getTracer('perennial');
  const run = <T>(name: string, attributes: Attributes, kind: number, work: (span: Span) => Promise<T>): Promise<T> =>
    tracer.startActiveSpan(name, { kind, attributes: { ...attributes } }, (span) =>
      inside(span, api.SpanStatusCode.ERROR, work),
    );
  const started: Tracer = {
    request(name, attributes, header, work) {
      const parent = api.propagation.extract(api.context.active(), null, {
        get: (_, key) => header(key),
        keys: () => ['traceparent', 'tracestate', 'baggage'],
      });
      return api.context.with(parent, () => run(name, attributes, api.SpanKind.SERVER, work));
    },
    part: (name, attributes, work) => run(name, attributes, api.SpanKind.INTERNAL, work),
    stop: () =>
      Promise.race([
        provider.shutdown().catch(() => undefined),
        new Promise<void>((resolve) => setTimeout(resolve, stopLimitMs).unref()),
      ]),
  };
  useTracer(started);
  return started;
}

/** Does the work, says on the span how it went, and ends it. */
async function inside<T>(span: OtelSpan, failed: SpanStatusCode, work: (span: Span) => Promise<T>): Promise<T> {
  const fail = (message: string): void =>
    void span.setStatus({ code: failed, message: cut(message, charsMax.failure) });
  try {
    return await work({
      set: (more) => void span.setAttributes({ ...more }),
      fail: (code, message) => {
        span.setAttribute('error.type', code);
        fail(message);
      },
    });
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
    throw error;
  } finally {
    span.end();
  }
}
