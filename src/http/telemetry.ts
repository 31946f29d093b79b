import type { Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';
import type { RequestStats } from '../telemetry/request.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

/** What a request has with it from its first byte to its answer. */
export interface StatsContext {
  stats?: RequestStats;
}

type Errors = Parameters<Telemetry['finish']>[2];
const noErrors: Errors = [];

/** The errors of a result; of a stream none. */
export function errorsOf(result: object): Errors {
  return 'errors' in result && Array.isArray(result.errors) ? result.errors : noErrors;
}

/** The Yoga plugin that tells of requests which Yoga reads; the lane tells of its own itself. */
export function useTelemetry(telemetry: Telemetry): Plugin<Context, StatsContext> {
  const results = new WeakMap<RequestStats, object>();
  return {
    onRequest({ request, serverContext }) {
      serverContext.stats ??= telemetry.begin(request.method, (name) => request.headers.get(name));
    },
    onResultProcess({ result, serverContext: { stats } }) {
      if (stats) results.set(stats, result);
    },
    onSubscribe: () => ({
      onSubscribeResult: () => ({ onNext: ({ result }) => telemetry.eventErrors(errorsOf(result)) }),
    }),
    onResponse({ response, serverContext: { stats } }) {
      // Neither a page nor a preflight is a GraphQL request.
      const result = stats && results.get(stats);
      if (!stats || !result) return;
      response.headers.set('x-request-id', stats.id);
      telemetry.finish(stats, response.status, errorsOf(result));
    },
  };
}

/** The Yoga plugin for the spans within a request's. */
export function useSteps(): Plugin<Context, StatsContext> {
  return {
    onParse({ context }) {
      return context.stats?.span?.step('graphql.parse');
    },
    onValidate({ context }) {
      return context.stats?.span?.step('graphql.validate');
    },
    onExecute: ({ args }) => ({ onExecuteDone: execution(args.contextValue) }),
    onSubscribe: ({ args }) => ({ onSubscribeResult: execution(args.contextValue) }),
  };
}

/** Begins the execution of a request's operation. @returns what ends it. */
function execution({ stats: { span, operation } }: Context): () => void {
  return (operation && span?.execution(operation.operation, operation.name?.value)) ?? (() => {});
}
