import { setTimeout } from 'node:timers/promises';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace';
import type { Trace } from '../trace.ts';
import { createSpanBuilder, type SpanBuilderOptions } from './span-builder.ts';

export interface TraceExportOptions extends SpanBuilderOptions {
  trace: Pick<Trace, 'subscribe'>;
  /** The address of an OTLP endpoint over HTTP, `http://127.0.0.1:4318`. */
  url: string;
  /** How long the endpoint may take for a batch, all attempts together, in milliseconds: 3,000 if left out. */
  timeoutMs?: number;
  /** Gets a sentence when the endpoint doesn't take spans, once until it takes some again. */
  onFailure: (message: string) => void;
}

/** How long spans are gathered before they are sent together, in milliseconds. */
const gatherMs = 500;
/** How many spans wait for the endpoint, at most. The newest ones are dropped beyond. */
const maxWaiting = 8_192;

/**
 * Sends each span that ends to an OTLP endpoint, in batches.
 *
 * @returns sends what is left, as far as the endpoint takes it in its time, and ends
 */
export function exportTraces({
  trace,
  url,
  timeoutMs = 3_000,
  onFailure,
  ...options
}: TraceExportOptions): () => Promise<void> {
  const address = `${url.replace(/\/$/, '')}/v1/traces`;
  const inner = new OTLPTraceExporter({ url: address, timeoutMillis: timeoutMs });
  let isFailing = false;
  const exporter: SpanExporter = {
    export(spans, done) {
      inner.export(spans, (result) => {
        if (result.code !== 0 && !isFailing) {
          const why = result.error?.message ?? 'it gave no reason';
          onFailure(`${address} doesn't take the traces: ${why}. They are dropped until it does`);
        }
        isFailing = result.code !== 0;
        // The failure is reported above. To the processor, each batch succeeds, so that it sends the next one.
        done({ code: 0 });
      });
    },
    shutdown: () => inner.shutdown(),
    forceFlush: () => inner.forceFlush(),
  };
  const processor = new BatchSpanProcessor({
    exporter,
    scheduledDelayMillis: gatherMs,
    exportTimeoutMillis: 2 * timeoutMs,
    maxQueueSize: maxWaiting,
  });
  const builder = createSpanBuilder(options);
  const unsubscribe = trace.subscribe((entry) => {
    const span = builder.add(entry);
    if (span) processor.onEnd(span);
  });
  return async () => {
    unsubscribe();
    await Promise.race([processor.shutdown(), setTimeout(timeoutMs, undefined, { ref: false })]);
  };
}
