import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { emulatorClients } from '../../infra/local/aws.ts';
import { startStack, type Stack } from '../../infra/local/stack.ts';
import type { Outside } from './kill/case.ts';
import { startImageSite } from './kill/image-site.ts';
import { Lane } from './kill/lane.ts';
import { startWebhookReceiver } from './kill/mailbox.ts';
import { POINTS, type Point } from './kill/points.ts';
import { rehearse, runCase } from './kill/run-case.ts';
import { firstSeed, seedCount } from './seeds.ts';

/** `KILL_POINT='end: before' KILL_SEED=7 KILL_SEEDS=1 npx vitest run --project fire kill-points` repeats a case. */
const {
  KILL_POINT = '',
  KILL_SEED = firstSeed,
  KILL_SEEDS = seedCount({ short: 1, long: 25 }),
  KILL_LANES = 8,
} = process.env;
const FIRST_SEED = Number(KILL_SEED);
const SEEDS = Number(KILL_SEEDS);
/** Most of a case is waiting, so several share the processors. */
const LANES = Number(KILL_LANES);
/** Points off the main way are tried with a part of the seeds, unless they are asked for. */
const seedsOf = ({ core }: Point) => (core === true || KILL_POINT !== '' ? SEEDS : Math.ceil(SEEDS / 8));
const points = POINTS.filter(({ name }) => name.includes(KILL_POINT));
vi.setConfig({ maxConcurrency: LANES });

const webhookSecret = `whsec_${Buffer.from('the secret of the kill tests').toString('base64')}`;
const cacheDir = mkdtempSync(join(tmpdir(), 'rowpress-kill-'));
const idle: Lane[] = [];
let stack: Stack;
let outside: Outside;
let lanes = 0;
let kills = 0;

beforeAll(async () => {
  const cases = points.reduce((sum, point) => sum + seedsOf(point), 0);
  console.log(`kill points: ${points.length} points, ${cases} cases, seeds from KILL_SEED=${FIRST_SEED}`);
  stack = await startStack();
  outside = { site: await startImageSite(), receiver: await startWebhookReceiver(webhookSecret) };
  const lane = await openLane();
  await rehearse({ lane, outside });
  idle.push(lane);
});
afterAll(async () => {
  await Promise.all(idle.map((lane) => lane.close()));
  await Promise.all([stack.stop(), outside.site.close(), outside.receiver.close()]);
  rmSync(cacheDir, { recursive: true });
  console.log(`kill points: ${kills} kills`);
});

describe.concurrent('a request ends once and exactly, though its worker is killed', () => {
  it.for(points)('$name', async (point) => {
    const lane = idle.pop() ?? (await openLane());
    for (let seed = FIRST_SEED; seed < FIRST_SEED + seedsOf(point); seed++) await runOrTell(point, seed, lane);
    idle.push(lane);
    expect(outside.receiver.foreign).toEqual([]);
  });
});

async function openLane(): Promise<Lane> {
  const aws = emulatorClients(stack.endpoint, 'eu-central-1');
  const documents = DynamoDBDocumentClient.from(aws.dynamodb);
  return await Lane.open(`kill-${++lanes}`, { aws, documents, endpoint: stack.endpoint, webhookSecret, cacheDir });
}

/** A lane in which a case failed is not used again. */
async function runOrTell(point: Point, seed: number, lane: Lane): Promise<void> {
  try {
    await runCase(point, seed, { lane, outside });
    kills += lane.deaths.length;
  } catch (error) {
    await lane.close();
    const repeat = `KILL_POINT='${point.name}' KILL_SEED=${seed} KILL_SEEDS=1`;
    const log = lane.deaths.map((death) => death.log).join('');
    throw new Error(`${repeat}: ${error instanceof Error ? error.message : String(error)}\n${log}`, { cause: error });
  }
}
