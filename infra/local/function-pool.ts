import Lambda from 'serverless-offline/lambda';
import type { Serverless } from './serverless.ts';

export type FunctionPool = {
  invoke(name: string, event: unknown): Promise<unknown>;
  /** New invocations run new code; those under way end with the old. */
  reload(): void;
};

/** Runs functions as serverless-offline does: in worker threads, with their own environment and timeout. */
export function functionPool(serverless: Serverless, options: object): FunctionPool {
  let current: Generation | undefined;
  return {
    async invoke(name, event) {
      current ??= newGeneration(serverless, options);
      return current.invoke(name, event);
    },
    reload() {
      void current?.retire();
      current = undefined;
    },
  };
}

type Generation = ReturnType<typeof newGeneration>;

function newGeneration(serverless: Serverless, options: object) {
  const { custom = {}, functions } = serverless.service;
  const lambda = new Lambda(serverless, { ...(custom['serverless-offline'] as object | undefined), ...options });
  lambda.create(
    Object.entries(functions).map(([functionKey, functionDefinition]) => ({ functionKey, functionDefinition })),
  );
  const running = new Set<Promise<unknown>>();
  return {
    async invoke(name: string, event: unknown): Promise<unknown> {
      const target = lambda.get(name);
      target.setEvent(event);
      const run = target.runHandler();
      running.add(run);
      try {
        return await run;
      } finally {
        running.delete(run);
      }
    },
    async retire(): Promise<void> {
      await Promise.allSettled(running);
      await lambda.cleanup();
    },
  };
}
