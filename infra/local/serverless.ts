/** The parts of the framework's objects that the local run reads, once `${…}` variables are resolved. */
export type Serverless = {
  processedInput: { commands: string[] };
  service: {
    service: string;
    provider: { stage: string; region: string; environment?: Record<string, unknown> };
    functions: Record<string, FunctionDefinition>;
    resources?: { Resources?: Record<string, { Type: string; Properties?: Record<string, unknown> }> };
    custom?: Record<string, unknown>;
  };
};

export type FunctionDefinition = {
  environment?: Record<string, unknown>;
  events?: { sqs?: unknown }[];
};
