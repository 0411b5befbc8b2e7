/** What something took: by the clock, and, where it is known, of processor time in all threads. */
export type Cost = { seconds: number; cpuSeconds?: number };

export async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 };
}

/** Runs the work on every item, so many at once. */
export async function forEach<Item>(items: Iterable<Item>, atOnce: number, work: (item: Item) => Promise<unknown>) {
  const todo = Iterator.from(items);
  const worker = async () => {
    for (const item of todo) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
