import { PutObjectCommand } from '@aws-sdk/client-s3';
import { AcceptedView, UploadView } from '../../../lib/requests/accepted-view.ts';
import { until } from '../../../samples/demo/until.ts';
import { ask, askUnderFire, type Question } from './ask.ts';
import { taken, type Case } from './case.ts';
import { timesOfRetry, timesOfFirstRun, type Times } from './plan.ts';
import type { StoryName } from './points.ts';
import { drained } from './queues.ts';
import { requestsNamed } from './table.ts';

const SOON = { seconds: 60, everyMs: 20 };

export type Story = {
  /** What comes before the fire. */
  prepare?: (one: Case) => Promise<void>;
  /** What is asked under fire; no image is answered before it is done. */
  act: (one: Case) => Promise<void>;
  times: (one: Case) => Times;
};

const times = ({ plan }: Case) => timesOfFirstRun(plan);

export const STORIES: Record<StoryName, Story> = {
  upload: { act: upload, times },

  'late seal': {
    act: async (one) => {
      one.answerImages();
      await Promise.all([upload(one), allSettled(one).then(() => one.lane.release())]);
    },
    times,
  },

  drop: {
    act: async (one) => {
      const { lane, plan, webhookUrl } = one;
      const Bucket = lane.resources.dataBucket;
      const object = { Bucket, Key: `incoming/drop/${plan.fileName}`, Metadata: { webhookurl: webhookUrl } };
      await lane.settings.aws.s3.send(new PutObjectCommand({ ...object, Body: plan.csv }));
      await sealed(one);
    },
    times,
  },

  presigned: {
    act: async (one) => {
      const { requestId, upload: ticket } = await createUpload(one);
      one.requestId = requestId;
      const form = new FormData();
      for (const [name, value] of Object.entries(ticket.fields)) form.set(name, value);
      form.set('file', new Blob([one.plan.csv]));
      const { status } = await fetch(ticket.url, { method: 'POST', body: form });
      if (status !== 204) throw new Error(`the presigned form was answered with ${status}`);
      await sealed(one);
    },
    times,
  },

  retry: {
    prepare: async (one) => {
      await uploadToItsEnd(one);
      one.shelf.mended = true;
      one.mailbox.refusals = 1;
    },
    act: async (one) => {
      const body = JSON.stringify({ generation: 1, codes: one.codes });
      await askUnderFire(one, 'retry-request', { requestId: one.requestId, body });
    },
    times: ({ plan, codes }) => timesOfRetry(plan, codes),
  },

  cancel: {
    prepare: upload,
    act: cancel,
    times,
  },

  withdraw: {
    prepare: async (one) => {
      one.requestId = (await createUpload(one)).requestId;
    },
    act: cancel,
    times,
  },

  redeliver: {
    prepare: async (one) => {
      await uploadToItsEnd(one);
      await until('the delivery was recorded', () => deliveryEnded(one), SOON);
      one.mailbox.refusals = 1;
    },
    act: async (one) => {
      const question: Question = { requestId: one.requestId, deliveryId: one.mailbox.attempts[0]?.id ?? '' };
      await askUnderFire(one, 'redeliver-webhook', question);
    },
    times,
  },
};

async function upload(one: Case): Promise<void> {
  const { plan, webhookUrl } = one;
  const answer = await askUnderFire(one, 'upload-csv', {
    query: { fileName: plan.fileName, webhookUrl },
    headers: { 'idempotency-key': plan.fileName },
    body: plan.csv,
  });
  if (answer) one.requestId = AcceptedView.parse(JSON.parse(answer.body)).requestId;
}

async function cancel(one: Case): Promise<void> {
  await askUnderFire(one, 'cancel-request', { requestId: one.requestId });
}

async function uploadToItsEnd(one: Case): Promise<void> {
  await upload(one);
  one.answerImages();
  await until('the first webhook was taken', () => taken(one.mailbox)[0], SOON);
  // Else what is left of the first run comes into the second.
  if (one.waitsBetween) await drained(one.lane);
}

async function createUpload({ lane, plan, webhookUrl }: Case): Promise<UploadView> {
  const body = JSON.stringify({ fileName: plan.fileName, webhookUrl });
  return UploadView.parse(JSON.parse((await ask(lane, 'create-upload', { body })).body));
}

/** All pages were sent; or the worker has died on the way, or at a page that came before. */
async function sealed({ lane, plan }: Case): Promise<void> {
  const isSealed = async () => {
    const [request] = await requestsNamed(lane, plan.fileName);
    return lane.deaths.length > 0 || request?.sealedGeneration === 1 ? true : undefined;
  };
  await until('all pages were sent', isSealed, { seconds: 60, everyMs: 50 });
}

/** All groups are counted in the request, which is not sealed yet. */
async function allSettled({ lane, plan }: Case): Promise<void> {
  const { groups } = timesOfFirstRun(plan);
  const full = async () => {
    const [request] = await requestsNamed(lane, plan.fileName);
    return request?.fullGroups instanceof Set && request.fullGroups.size === groups ? true : undefined;
  };
  await until('all groups were counted', full, { seconds: 60, everyMs: 50 });
}

async function deliveryEnded({ lane, plan }: Case): Promise<true | undefined> {
  const [request] = await requestsNamed(lane, plan.fileName);
  return request?.webhookStatus === undefined ? undefined : true;
}
