import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Aws } from '../../../infra/local/aws.ts';
import type { Order } from '../worker/protocol.ts';
import { createLaneResources, type LaneResources } from './lane-resources.ts';
import { forkWorker, type Death, type WorkerProcess } from './worker-process.ts';

export type LaneSettings = {
  aws: Aws;
  documents: DynamoDBDocumentClient;
  endpoint: string;
  webhookSecret: string;
  cacheDir: string;
};

/** A deployment of its own on the shared stack, with one worker at work and the next one waiting for its death. */
export class Lane {
  readonly name: string;
  readonly settings: LaneSettings;
  readonly resources: LaneResources;
  /** The deaths of this case. */
  deaths: Death[] = [];
  readonly #fork: () => WorkerProcess;
  #current: Promise<WorkerProcess>;
  #next: WorkerProcess;
  #ordersAfterDeath: readonly Order[] = [];
  #closed = false;

  static async open(name: string, settings: LaneSettings): Promise<Lane> {
    return new Lane(name, settings, await createLaneResources(settings.aws, { name, endpoint: settings.endpoint }));
  }

  private constructor(name: string, settings: LaneSettings, resources: LaneResources) {
    this.name = name;
    this.settings = settings;
    this.resources = resources;
    const environment = { ...resources.environment, WEBHOOK_SECRETS: settings.webhookSecret };
    this.#fork = () => forkWorker(environment, settings.cacheDir);
    this.#next = this.#fork();
    this.#current = this.#takeNext([]);
  }

  /** A new case begins: nobody is to die yet. */
  async begin(): Promise<void> {
    this.deaths = [];
    await this.give({ now: [], afterDeath: [] });
  }

  /** What the worker does from now on, and what the one does that takes its place. */
  async give({ now, afterDeath }: { now: readonly Order[]; afterDeath: readonly Order[] }): Promise<void> {
    this.#ordersAfterDeath = afterDeath;
    (await this.#current).give(now);
  }

  /** Calls a function on the worker that is there now. Throws WorkerDied when it dies meanwhile. */
  async call(functionName: string, event: unknown): Promise<unknown> {
    if (this.#closed) throw new Error(`lane ${this.name} is closed`);
    return await (await this.#current).call(functionName, event);
  }

  async release(): Promise<void> {
    (await this.#current).release();
  }

  async keepCompiledCode(): Promise<void> {
    (await this.#current).keepCompiledCode();
  }

  async kill(): Promise<void> {
    (await this.#current).kill();
  }

  async close(): Promise<void> {
    this.#closed = true;
    const workers = [await this.#current, this.#next];
    for (const worker of workers) worker.kill();
    await Promise.all(workers.map(({ died }) => died));
  }

  async #takeNext(orders: readonly Order[]): Promise<WorkerProcess> {
    const worker = this.#next;
    this.#next = this.#fork();
    await worker.ready;
    worker.give(orders);
    worker.go();
    void worker.died.then((death) => this.#replace(death));
    return worker;
  }

  #replace(death: Death): void {
    if (this.#closed) return;
    this.deaths.push(death);
    this.#current = this.#takeNext(this.#ordersAfterDeath);
    this.#ordersAfterDeath = [];
  }
}
