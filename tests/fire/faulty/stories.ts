import assert from 'node:assert/strict';
import { requestStore } from '../../../lib/requests/request-store.ts';
import type { CallSite } from '../../fakes/aws/faults.ts';
import type { ImageKind } from '../../fakes/aws/outside.ts';
import { usePartsOf } from '../../fakes/aws/small-parts.ts';
import type { HttpAnswer, Handlers } from '../../fakes/aws/start-handlers.ts';
import { SETTINGS } from '../../fakes/lambda.ts';
import type { Random } from '../../fakes/seeded-random.ts';
import { catalogueOf, endedWith, type Catalogue } from '../catalogue.ts';
import type { Ending } from '../check-ending.ts';
import { recount } from '../recount.ts';
import { countedProducts, divert, until, untilAnswered, whileDelivering, type Message, type Stage } from './stage.ts';

export type Story = {
  /** Whose calls fail: those of other callers are as in other stories. */
  callers: readonly string[];
  /** Only such calls of theirs. */
  names?: RegExp;
  /** Kinds of calls that it is there for. */
  kinds?: readonly string[];
  tell: (stage: Stage) => Promise<Ending>;
};

const WEBHOOK = 'https://caller.example/flaky-1';
const MINUTE = 60_000;

/** A row that is an error, and images that come, that never do, and that come once their shop has opened. */
function makeCatalogue(random: Random): Catalogue {
  const one: ImageKind[] = [random.pick(['ok', 'closed'])];
  const two: ImageKind[] = [random.pick(['ok', 'missing', 'corrupt']), 'closed'];
  return catalogueOf(random.sample([one, two, []], 3));
}

const isClosed = (url = ''): boolean => url.includes('/closed/');

const idOf = ({ handlers }: Stage): string => handlers.requestIds()[0] ?? '';

const upload = ({ handlers }: Stage, { csv }: Catalogue, webhookUrl: string | undefined = WEBHOOK) =>
  untilAnswered(202, () =>
    handlers.upload(csv, { idempotencyKey: 'spring', ...(webhookUrl !== '' && { webhookUrl }) }),
  );

/** Asks for something of the request until it is taken. */
const ask = (stage: Stage, name: string, { body, ...path }: Record<string, string> = {}): Promise<HttpAnswer> =>
  untilAnswered(202, () =>
    stage.handlers.http(name, { path: { requestId: idOf(stage), ...path }, ...(body !== undefined && { body }) }),
  );

/** Hands out a form. */
async function reserve({ handlers }: Stage): Promise<string> {
  const body = JSON.stringify({ fileName: 'spring.csv', webhookUrl: WEBHOOK });
  const headers = { 'idempotency-key': 'spring' };
  const answer = await untilAnswered(201, () => handlers.http('create-upload', { body, headers }));
  const { requestId } = JSON.parse(answer.body) as { requestId: string };
  return requestId;
}

/** As a browser does with the form. */
async function arrive({ handlers: { aws } }: Stage, requestId: string, csv: string): Promise<string> {
  const Key = `incoming/upload/${requestId}`;
  const answer = await aws.send('s3', 'PutObject', { Bucket: SETTINGS.DATA_BUCKET, Key, Body: Buffer.from(csv) });
  return (answer as { ETag: string }).ETag.replaceAll('"', '');
}

const INGEST = ['ingest-csv', 'the poller of ingest-csv'];

const presigned: Story = {
  callers: ['create-upload', ...INGEST],
  async tell(stage) {
    const catalogue = makeCatalogue(stage.random);
    stage.handlers.outside.isOpen = true;
    stage.begin();
    const requestId = await reserve(stage);
    const version = await arrive(stage, requestId, catalogue.csv);
    await stage.source.runUntilQuiet();
    return {
      catalogue,
      sources: [`incoming/upload/${requestId}`],
      input: `uploads/${requestId}/${version}.csv`,
    };
  },
};

/** What waits longer for its next try than anything else. */
const waitsForShop = ({ outside, aws }: Handlers): boolean =>
  [...outside.fetched.keys()].some((url) => isClosed(url)) && aws.sqs.queue('rowpress-prod-pages').visible.length === 0;

const cancelled: Story = {
  callers: ['cancel-request', ...INGEST, 'compress-images', 'finish-request'],
  async tell(stage) {
    const { handlers, random, site } = stage;
    const catalogue = makeCatalogue(random);
    const prompt = catalogue.products.filter(({ urls }) => !urls.some((url) => isClosed(url))).length;
    const counted = random.whole(0, prompt);
    const cancel = async () => {
      await until(() => countedProducts(handlers) >= counted && (counted < prompt || waitsForShop(handlers)));
      stage.begin();
      await ask(stage, 'cancel-request');
    };
    await upload(stage, catalogue);
    await whileDelivering(stage, cancel());
    const item = itemOf(stage);
    const took = Date.parse(String(item.finishedAt)) - Date.parse(String(item.cancelledAt));
    const isHeldUp = site !== undefined && site.caller !== 'cancel-request';
    assert.ok(isHeldUp || took <= 3 * MINUTE, `it ended ${took / MINUTE} minutes after it was cancelled`);
    const { records } = recount(handlers.aws, idOf(stage));
    const isCancelled = (product: number, slot: number) => {
      const image = records.get(product)?.images[slot];
      return image !== undefined && 'code' in image && image.code === 'cancelled';
    };
    return { catalogue: endedWith('cancelled', catalogue, isCancelled), sources: [], ends: ['CANCELLED'] };
  },
};

const withdrawn: Story = {
  callers: ['cancel-request', ...INGEST],
  async tell(stage) {
    await reserve(stage);
    stage.begin();
    await whileDelivering(stage, ask(stage, 'cancel-request'));
    return { catalogue: { csv: '', products: [] }, sources: [], input: null, resultsOf: [], ends: ['CANCELLED'] };
  },
};

/** The first run of a request whose shop was closed, which leaves images that nobody names, and then the shop opens. */
async function firstRun(stage: Stage, catalogue: Catalogue): Promise<void> {
  const { handlers, source } = stage;
  await upload(stage, catalogue);
  await source.runUntilQuiet();
  for (const [product, { urls }] of catalogue.products.entries()) {
    for (const [slot, url] of urls.entries()) {
      if (!url.includes('/ok/')) await strayImage(stage, `${product}-${slot + 1}.jpg`);
    }
  }
  handlers.outside.isOpen = true;
}

/** A delivery that died stored it, and the next one found the image gone. */
const strayImage = (stage: Stage, name: string) =>
  stage.handlers.aws.send('s3', 'PutObject', {
    ...{ Bucket: SETTINGS.IMAGES_BUCKET, Key: `${idOf(stage)}/${name}`, Body: Buffer.from('stray') },
  });

const FIRST_END = 'COMPLETED_WITH_ERRORS';
const secondRun = {
  sources: [],
  ends: [FIRST_END, FIRST_END],
  resultsOf: [1, 2],
  runOf: (url: string) => (isClosed(url) ? 2 : 1),
};

const askForRetry = (stage: Stage) => ask(stage, 'retry-request', { body: JSON.stringify({ generation: 1 }) });

const retried: Story = {
  callers: [
    ...['retry-request', ...INGEST, 'compress-images'],
    ...['finish-request', 'the poller of finish-request', 'notify-webhook'],
  ],
  kinds: ['ingest-csv Query', 'finish-request DeleteObjects'],
  async tell(stage) {
    const catalogue = makeCatalogue(stage.random);
    await firstRun(stage, catalogue);
    stage.begin();
    await whileDelivering(stage, askForRetry(stage));
    return { catalogue, ...secondRun };
  },
};

const redelivered: Story = {
  callers: ['redeliver-webhook', 'notify-webhook', 'the poller of notify-webhook'],
  async tell(stage) {
    const { random, source } = stage;
    const catalogue = catalogueOf([['ok']]);
    await upload(stage, catalogue, `https://caller.example/${random.pick(['ok', 'flaky-1', 'flaky-2'])}`);
    await source.runUntilQuiet();
    stage.begin();
    await whileDelivering(stage, ask(stage, 'redeliver-webhook', { deliveryId: `msg_${idOf(stage)}_1` }));
    await checkRounds(stage);
    return { catalogue, sources: [] };
  },
};

/** Asked twice, for the first answer was lost, a second round may have been over already. */
async function checkRounds(stage: Stage): Promise<void> {
  const requests = requestStore(stage.handlers.aws.dynamodb.table);
  const request = await requests.get(idOf(stage), { consistent: true });
  const log = await requests.deliveries(idOf(stage));
  const last = request?.webhookRound ?? 1;
  assert.ok(last === 2 || last === 3, `the webhook is in round ${last}`);
  const numbers = log.map(({ attempt }) => attempt);
  assert.deepEqual(
    numbers,
    log.map((_, at) => at + 1),
    'no attempt is logged twice or missing',
  );
  for (let round = 1; round <= last; round++) {
    const taken = log.filter((one) => one.round === round && one.statusCode === 204);
    assert.equal(taken.length, 1, `round ${round} was taken once, as its log has it`);
  }
}

const buriedPage: Story = {
  callers: ['bury-page', 'the poller of bury-page'],
  async tell(stage) {
    const catalogue = makeCatalogue(stage.random);
    const victim = stage.random.whole(0, catalogue.products.length - 1);
    stage.handlers.outside.isOpen = true;
    divert(stage.handlers.aws, 'pages', ({ page }) => (page === victim ? 'buried' : 'delivered'));
    stage.begin();
    await whileDelivering(stage, upload(stage, catalogue));
    return { catalogue: endedWith('gave_up', catalogue, (product) => product === victim), sources: [] };
  },
};

const nothingOf = { catalogue: { csv: '', products: [] }, input: null, resultsOf: [], ends: ['FAILED'] };

/** The sweep of what failed finds nothing; its calls are like any other's. */
const buriedFile: Story = {
  callers: ['bury-ingest', 'the poller of bury-ingest', 'finish-request', 'notify-webhook'],
  async tell(stage) {
    const { handlers, random, source } = stage;
    const { csv } = makeCatalogue(random);
    divert(handlers.aws, 'ingest', () => 'buried');
    stage.begin();
    if (random.chance(0.5)) {
      await handlers.drop('spring.csv', csv, { webhookurl: WEBHOOK });
      await source.runUntilQuiet();
      return { ...nothingOf, sources: ['incoming/drop/spring.csv'] };
    }
    const requestId = await reserve(stage);
    await arrive(stage, requestId, csv);
    await source.runUntilQuiet();
    return { ...nothingOf, sources: [`incoming/upload/${requestId}`] };
  },
};

const buriedRetry: Story = {
  callers: ['retry-request', 'bury-ingest', 'the poller of bury-ingest', 'finish-request'],
  async tell(stage) {
    const catalogue = makeCatalogue(stage.random);
    const asItWas = endedWith('http_error', catalogue, (product, slot) =>
      isClosed(catalogue.products[product]?.urls[slot]),
    );
    await firstRun(stage, catalogue);
    divert(stage.handlers.aws, 'ingest', ({ kind }) => (kind === 'retry' ? 'buried' : 'delivered'));
    stage.begin();
    await whileDelivering(stage, askForRetry(stage));
    return { catalogue: asItWas, sources: [], ends: [FIRST_END, 'FAILED'] };
  },
};

const buriedFinish: Story = {
  callers: ['bury-finish', 'the poller of bury-finish', 'finish-request'],
  async tell(stage) {
    const catalogue = makeCatalogue(stage.random);
    stage.handlers.outside.isOpen = true;
    divert(stage.handlers.aws, 'finish', ({ sweep }) => (sweep === true ? 'delivered' : 'buried'));
    stage.begin();
    await whileDelivering(stage, upload(stage, catalogue));
    return { catalogue, sources: [], resultsOf: [], ends: ['FAILED'] };
  },
};

/** Longer than a check leaves anything alone that it sees for the second time. */
const BETWEEN_CHECKS = 14 * 60 * MINUTE;
const CHECKS_MOST = 8;

const lost: Story = {
  callers: ['check-progress', ...INGEST],
  async tell(stage) {
    const { handlers, random } = stage;
    const catalogue = makeCatalogue(random);
    const what = random.pick(['page', 'finish', 'webhook', 'retry'] as const);
    if (what === 'retry') {
      await firstRun(stage, catalogue);
      await untilChecked(stage, what, () => ask(stage, 'retry-request'));
      return { catalogue, ...secondRun };
    }
    handlers.outside.isOpen = true;
    const isUntold = what !== 'webhook' && random.chance(0.5);
    await untilChecked(stage, what, () => upload(stage, catalogue, isUntold ? '' : WEBHOOK));
    return { catalogue, sources: [], isUntold };
  },
};

const LOST = {
  page: { queue: 'pages', isMeant: ({ page }: Message, victim: number) => page === victim },
  finish: { queue: 'finish', isMeant: ({ sweep }: Message) => sweep !== true },
  webhook: { queue: 'webhooks', isMeant: () => true },
  retry: { queue: 'ingest', isMeant: ({ kind }: Message) => kind === 'retry' },
} as const;

/** Loses messages, also those that would make up for them, until the schedule begins; of a check that fails, the next one. */
async function untilChecked(stage: Stage, what: keyof typeof LOST, ask: () => Promise<unknown>): Promise<void> {
  const { handlers, source, random } = stage;
  const { queue, isMeant } = LOST[what];
  const victim = random.whole(0, 2);
  let isLosing = true;
  divert(handlers.aws, queue, (message) => (isLosing && isMeant(message, victim) ? 'lost' : 'delivered'));
  await whileDelivering(stage, ask());
  isLosing = false;
  stage.begin();
  for (let checks = 0; itemOf(stage).openKey !== undefined; checks++) {
    assert.ok(checks < CHECKS_MOST, `after ${checks} checks it is still ${String(itemOf(stage).status)}`);
    handlers.aws.clock.advanceTo(handlers.aws.clock.now + BETWEEN_CHECKS);
    await handlers.invoke('check-progress', {}).catch(() => undefined);
    await source.runUntilQuiet();
  }
}

const itemOf = (stage: Stage) => stage.handlers.aws.dynamodb.table.items.get(`REQ#${idOf(stage)} REQUEST`) ?? {};

/** What S3 keeps of an upload that nobody knows of, or that could not be taken back, is removed by a rule of the bucket. */
const LEAVES_PARTS = ['CreateMultipartUpload', 'AbortMultipartUpload'];

const inParts: Story = {
  callers: ['finish-request'],
  names: /Part|Multipart/,
  kinds: [
    'finish-request CreateMultipartUpload',
    'finish-request UploadPart',
    'finish-request CompleteMultipartUpload',
  ],
  async tell(stage) {
    const { handlers, random, site } = stage;
    const catalogue = makeCatalogue(random);
    handlers.outside.isOpen = true;
    let troubles = random.whole(0, 1);
    handlers.aws.use(({ name }, next) => {
      if (name === 'UploadPart' && troubles-- > 0) throw new Error('trouble of our own');
      return next();
    });
    usePartsOf(random.whole(90, 200));
    try {
      stage.begin();
      await whileDelivering(stage, upload(stage, catalogue));
    } finally {
      usePartsOf(undefined);
    }
    return { catalogue, sources: [], unfinishedMost: Number(LEAVES_PARTS.includes(site?.name ?? '')) };
  },
};

export const STORIES: Record<string, Story> = {
  'a presigned upload': presigned,
  'a request that is cancelled': cancelled,
  'an upload that is cancelled before its file comes': withdrawn,
  'a retry and the sweep behind it': retried,
  'a redelivery of a webhook': redelivered,
  'a page that is buried': buriedPage,
  'a file that is buried': buriedFile,
  'a retry that is buried': buriedRetry,
  'a finish that is buried': buriedFinish,
  'a check that finds a lost message': lost,
  'a result in parts': inParts,
};

export const isTriedIn =
  ({ callers, names = /./ }: Story) =>
  ({ caller, name }: CallSite): boolean =>
    callers.includes(caller) && names.test(name);
