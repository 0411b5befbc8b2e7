import { createHash } from 'node:crypto';
import type { ObjectWriter, OpenObjectWriter } from '../../lib/aws/object-writer.ts';
import { ObjectMissing, type Objects } from '../../lib/aws/objects.ts';
import type { Fault } from './memory-table.ts';

type Stored = { body: Buffer; contentType: string; metadata: Record<string, string> };

/** A bucket in memory. */
export class MemoryObjects implements Objects {
  readonly stored = new Map<string, Stored>();
  private readonly fault: Fault;

  constructor(fault: Fault = () => undefined) {
    this.fault = fault;
  }

  async put(key: string, body: Uint8Array, { contentType }: { contentType: string }): Promise<void> {
    await this.call('put', () => this.stored.set(key, { body: Buffer.from(body), contentType, metadata: {} }));
  }

  async read(key: string): Promise<AsyncIterable<Uint8Array>> {
    const { body } = await this.call('read', () => this.find(key));
    return (async function* () {
      await Promise.resolve();
      yield body;
    })();
  }

  async head(key: string) {
    const { body, metadata } = await this.call('head', () => this.find(key));
    return { bytes: body.length, eTag: eTagOf(body), metadata };
  }

  async copy(from: { key: string; eTag: string }, to: string): Promise<void> {
    await this.call('copy', () => {
      const source = this.find(from.key);
      if (eTagOf(source.body) !== from.eTag) throw new ObjectMissing(from.key);
      this.stored.set(to, source);
    });
  }

  async *list(prefix: string): AsyncGenerator<string> {
    yield* await this.call('list', () => [...this.stored.keys()].filter((key) => key.startsWith(prefix)).sort());
  }

  async delete(keys: readonly string[]): Promise<void> {
    await this.call('delete', () => keys.forEach((key) => this.stored.delete(key)));
  }

  openWriter: OpenObjectWriter = (key, { contentType }): ObjectWriter => {
    let text = '';
    return {
      write: async (piece) => {
        await Promise.resolve();
        text += piece;
      },
      close: async () => {
        await this.put(key, Buffer.from(text), { contentType });
      },
      abort: () => Promise.resolve(),
    };
  };

  /** What a dropped or uploaded file looks like once S3 has it. */
  arrive(key: string, body: Buffer, metadata: Record<string, string> = {}) {
    this.stored.set(key, { body, contentType: 'text/csv', metadata });
    return { bucket: 'data', key, eTag: eTagOf(body), version: '1' };
  }

  text(key: string): string {
    return this.find(key).body.toString('utf8');
  }

  private find(key: string): Stored {
    const found = this.stored.get(key);
    if (!found) throw new ObjectMissing(key);
    return found;
  }

  private async call<T>(name: string, work: () => T): Promise<T> {
    await this.fault(name, 'before');
    const result = work();
    await this.fault(name, 'after');
    return result;
  }
}

const eTagOf = (body: Buffer) => createHash('md5').update(body).digest('hex');
