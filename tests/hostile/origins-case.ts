import type { ImageErrorCode } from '../../lib/images/image-error.ts';
import type { Fault } from './fault-server.ts';
import type { HostileClass } from './hostile-class.ts';

export type OriginClass = Omit<HostileClass, 'area' | 'ends' | 'bound' | 'cases'> & {
  ends: ImageErrorCode | 'image';
  /** What the server is asked for one image, over all tries. */
  requests: number;
  /** Of one try; only where nothing but the time limit ends it. */
  timeoutMs?: number;
  /** The pauses between the tries, where the server has a say in them. */
  waits?: number[];
  /** What the server does, by name. */
  faults: Record<string, Fault>;
};

/** The most that an image may have in these tests, on the wire and decompressed. */
export const MAX_BYTES = 1_000_000;
export const CONNECTIONS_PER_HOST = 4;
/** `now` for `Retry-After`. */
export const NOW = Date.parse('2026-01-01T00:00:00Z');

/** A whole image, of 8 x 8 pixels. */
export const PNG = Buffer.from(
  `iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAA00lEQVQImQHIADf/ANlN
  dqZHlTNrV498dHiSbntUkV5Rb9J5gABWg59MwT1qd4ZyOL7COZ1ggnq3XGJzoXIAd7iNeIn/tH+OYzK8e4WXqiSIc0hdX5R4
  AIpvanZhYkSd0pdZW3JpUFOWgliWnX6KrgCeMcl7oVuemX6IRo53wJOKaL2/qalokXQAgr2TnHyaiYGOUWCBkmeUp5JAdqFM
  ZKuTAK3PpQxIsmF1YKZ/dlCbxbNSk6wxr3iEmQChmDxhg39Yk3aMU5+IVGSZbXyboY5Gal4U5F+l5MmxowAAAABJRU5ErkJg
  gg==`,
  'base64',
);
/** Most of it. */
export const CUT = PNG.subarray(0, PNG.length - 60);
/** The headers it comes with: its length, or none because it comes in chunks. */
export const WHOLE = { 'Content-Length': PNG.length };
export const CHUNKED = { 'Transfer-Encoding': 'chunked' };

/** The time limit where nothing else ends a try. */
export const SILENT_MS = 200;

export const chunk = (body: Buffer | string): Buffer =>
  Buffer.concat([Buffer.from(`${Buffer.byteLength(body).toString(16)}\r\n`), Buffer.from(body), Buffer.from('\r\n')]);

export const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at);
