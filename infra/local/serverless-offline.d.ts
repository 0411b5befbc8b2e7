declare module 'serverless-offline/lambda' {
  type LambdaFunction = { setEvent(event: unknown): void; runHandler(): Promise<unknown> };
  /** A pool of functions, each in a worker thread of its own while it is busy. */
  export default class Lambda {
    constructor(serverless: object, options: object);
    create(functions: { functionKey: string; functionDefinition: object }[]): void;
    get(functionKey: string): LambdaFunction;
    cleanup(): Promise<void>;
  }
}
