import { MessageNotInflight } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../infra/local/stack/database.ts';
import { SqsStore, type Queue } from '../../../infra/local/stack/sqs-store.ts';
import { seededRandom, type Random } from '../seeded-random.ts';
import { VirtualClock } from './clock.ts';
import { MemorySqs } from './memory-sqs.ts';

const settings = [
  { name: 'pages', visibility: 30, deadLetters: { queue: 'pages-dead', maxReceiveCount: 2 } },
  { name: 'pages-dead', visibility: 10 },
];

function prepare() {
  const clock = new VirtualClock();
  return { clock, sqs: new MemorySqs(settings, clock) };
}

type Received = { body: string; receives: number; receipt: string };

/** One of the two that are compared; receipts are their own, so they are known by the order in which they were given. */
type Side = {
  send: (queue: string, body: string, delaySeconds: number) => unknown;
  receive: (queue: string, max: number) => Promise<Received[]>;
  remove: (queue: string, receipt: string) => unknown;
  hide: (queue: string, receipt: string, seconds: number) => boolean;
  counts: (queue: string) => object;
};

function inMemory(clock: VirtualClock): Side {
  const { actions } = new MemorySqs(settings, clock);
  return {
    send: (QueueUrl, MessageBody, DelaySeconds) => actions.SendMessage({ QueueUrl, MessageBody, DelaySeconds }),
    async receive(QueueUrl, MaxNumberOfMessages) {
      const { Messages = [] } = await actions.ReceiveMessage({ QueueUrl, MaxNumberOfMessages });
      return Messages.map(({ Body, Attributes, ReceiptHandle = '' }) => {
        return { body: Body, receives: Number(Attributes.ApproximateReceiveCount), receipt: ReceiptHandle };
      });
    },
    remove: (QueueUrl, ReceiptHandle) => actions.DeleteMessage({ QueueUrl, ReceiptHandle }),
    hide: (QueueUrl, ReceiptHandle, VisibilityTimeout) => {
      try {
        actions.ChangeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout });
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(MessageNotInflight);
        return false;
      }
    },
    counts: (QueueUrl) => {
      const { Attributes } = actions.GetQueueAttributes({ QueueUrl });
      return {
        visible: Number(Attributes.ApproximateNumberOfMessages),
        inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
        delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed),
      };
    },
  };
}

/** The stack of local runs, which the contract suite compares with other emulators. */
function onTheStack(): Side {
  const store = new SqsStore(openDatabase(':memory:'));
  for (const { name, visibility, deadLetters } of settings) {
    const dead = deadLetters && { ...deadLetters, deadLetterTargetArn: `arn:aws:sqs:x:0:${deadLetters.queue}` };
    const RedrivePolicy = dead && JSON.stringify(dead);
    store.create(name, { VisibilityTimeout: String(visibility), ...(RedrivePolicy && { RedrivePolicy }) });
  }
  const queue = (name: string): Queue => store.find(name)!;
  return {
    send: (name, body, delaySeconds) => store.send(queue(name), { body, delaySeconds }),
    receive: (name, max) => Promise.resolve(store.receive(queue(name), max)),
    remove: (name, receipt) => store.remove(queue(name), receipt),
    hide: (name, receipt, seconds) => store.changeVisibility(queue(name), receipt, seconds),
    counts: (name) => store.counts(queue(name)),
  };
}

type Given = { queue: string; receipts: [string, string] };

async function step(
  random: Random,
  { sides, clock, given }: { sides: [Side, Side]; clock: VirtualClock; given: Given[] },
) {
  const queue = random.chance(0.8) ? 'pages' : 'pages-dead';
  const both = <T>(work: (side: Side, at: 0 | 1) => T): [T, T] => [work(sides[0], 0), work(sides[1], 1)];
  const kind = random.next();
  if (kind < 0.25) {
    const [body, delay] = [`message ${random.next()}`, random.pick([0, 0, 5])];
    both((side) => side.send('pages', body, delay));
  } else if (kind < 0.55) {
    const max = random.whole(1, 3);
    const [ours, theirs] = await Promise.all(both((side) => side.receive(queue, max)));
    const seen = (all: readonly Received[]) => all.map(({ body, receives }) => ({ body, receives }));
    expect(seen(ours)).toEqual(seen(theirs.map(({ body, receives, receipt }) => ({ body, receives, receipt }))));
    for (const [at, { receipt }] of ours.entries()) given.push({ queue, receipts: [receipt, theirs[at]!.receipt] });
  } else if (kind < 0.8 && given.length > 0) {
    // Old receipts, and those of messages that are gone, as well as fresh ones.
    const { queue: own, receipts } = random.pick(given.slice(-12));
    if (random.chance(0.5)) both((side, at) => side.remove(own, receipts[at]));
    else {
      const seconds = random.pick([0, 3, 40]);
      const [ours, theirs] = both((side, at) => side.hide(own, receipts[at], seconds));
      expect(ours).toBe(theirs);
    }
  } else {
    clock.advanceTo(clock.now + random.pick([1, 999, 5_000, 10_000, 30_000]));
  }
  for (const name of ['pages', 'pages-dead']) {
    const [ours, theirs] = both((side) => side.counts(name));
    expect(ours).toEqual({ ...theirs });
  }
}

test.each([1, 2, 3, 4, 5])('a thousand random calls do the same as on the stack (seed %i)', async (seed) => {
  const random = seededRandom(seed);
  const clock = new VirtualClock();
  const sides: [Side, Side] = [inMemory(clock), onTheStack()];
  const given: Given[] = [];
  for (let at = 0; at < 1000; at++) await step(random, { sides, clock, given });
});

const QueueUrl = 'https://sqs.example/1/pages';

test('a reader that polls gets what is sent meanwhile, what becomes visible, or nothing at its end', async () => {
  const { clock, sqs } = prepare();
  const poll = () => sqs.actions.ReceiveMessage({ QueueUrl, WaitTimeSeconds: 20 });
  const first = poll();
  sqs.put('pages', { page: 1 });
  expect(await first).toMatchObject({ Messages: [{ Body: '{"page":1}' }] });
  const second = poll();
  clock.advanceTo(clock.now + 19_999);
  expect(sqs.readers).toBe(1);
  clock.advanceTo(clock.now + 1);
  expect(await second).toEqual({});
  const third = poll();
  clock.advanceTo(sqs.nextVisibleAt() ?? 0);
  expect(await third).toMatchObject({ Messages: [{ Attributes: { ApproximateReceiveCount: '2' } }] });
});

test('a reader that gives up takes nothing', async () => {
  const { sqs } = prepare();
  const giveUp = new AbortController();
  const reading = sqs.actions.ReceiveMessage({ QueueUrl, WaitTimeSeconds: 20 }, { abortSignal: giveUp.signal });
  giveUp.abort();
  await expect(reading).rejects.toThrow();
  sqs.put('pages', {});
  expect(sqs.queue('pages').visible).toHaveLength(1);
});

test.each([
  [false, 1, false],
  [true, 0, true],
])('where stale receipts count: %s, one leaves %i messages, and hides: %s', async (honoured, left, hides) => {
  const { clock, sqs } = prepare();
  sqs.queue('pages').moods.honoursStale = () => honoured;
  sqs.put('pages', {});
  const receive = async () => (await sqs.actions.ReceiveMessage({ QueueUrl })).Messages?.[0]?.ReceiptHandle ?? '';
  const stale = await receive();
  clock.advanceTo(clock.now + 30_000);
  await receive();
  const hide = () => sqs.actions.ChangeMessageVisibility({ QueueUrl, ReceiptHandle: stale, VisibilityTimeout: 100 });
  if (hides) expect(hide()).toEqual({});
  else expect(hide).toThrow(MessageNotInflight);
  sqs.actions.DeleteMessage({ QueueUrl, ReceiptHandle: stale });
  expect(sqs.queue('pages').messages).toHaveLength(left);
});

test('a batch tells of each entry by its id', () => {
  const { sqs } = prepare();
  const Entries = ['a', 'b'].map((Id) => ({ Id, MessageBody: Id }));
  expect(sqs.actions.SendMessageBatch({ QueueUrl, Entries }).Successful.map(({ Id }) => Id)).toEqual(['a', 'b']);
  expect(() => sqs.actions.SendMessageBatch({ QueueUrl, Entries: [] })).toThrow();
});
