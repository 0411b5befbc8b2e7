import { expect, test } from 'vitest';
import { readSqsEvent } from '../../tests/fakes/lambda.ts';
import { REQUEST_ID } from '../../tests/fakes/make-request.ts';
import { IngestTrigger } from './ingest-trigger.ts';

const read = (event: string) => IngestTrigger.parse(JSON.parse(readSqsEvent(event).Records[0]!.body));
const eTag = expect.stringMatching(/^[0-9a-f]{32}(-4)?$/) as string;

test.each([
  ['ingest-csv.drop', 'incoming/drop/Frühling 2025/50% off + new.csv', '0068E2B1C50A1B2C3D'],
  ['ingest-csv.drop-multipart', 'incoming/drop/large.csv', '0068E2B1C7FFEE0011'],
  ['ingest-csv.upload', `incoming/upload/${REQUEST_ID}`, '0068E2B1C90D0E0F10'],
])('%s tells of the arrival of %s', (event, key, version) => {
  expect(read(event)).toEqual({ arrivals: [{ bucket: 'rowpress-data', key, eTag, version }] });
});

test('the insurance message names its request', () => {
  expect(read('ingest-csv.insurance')).toEqual({
    message: { kind: 'ingest', requestId: REQUEST_ID },
    arrivals: [],
  });
});

test('S3’s test event tells of nothing', () => {
  expect(read('ingest-csv.test-event')).toEqual({ arrivals: [] });
});

const arrival = (object: object) =>
  IngestTrigger.parse({ Records: [{ s3: { bucket: { name: 'b' }, object } }] }).arrivals[0];

test.each([
  ['the version, where the bucket keeps versions', { versionId: 'v1', sequencer: 's1', eTag: 'e1' }, 'v1'],
  ['the order of events, where it does not', { sequencer: 's1', eTag: 'e1' }, 's1'],
  ['the content, where nothing else is told', { eTag: 'e1' }, 'e1'],
])('two events of one key are told apart by %s', (_name, object, version) => {
  expect(arrival({ key: 'incoming/drop/a.csv', ...object })?.version).toBe(version);
});

test('several records are several arrivals, in order', () => {
  const record = (key: string) => ({ s3: { bucket: { name: 'b' }, object: { key, eTag: 'e' } } });
  const { arrivals } = IngestTrigger.parse({ Records: [record('a'), record('b')] });
  expect(arrivals.map(({ key }) => key)).toEqual(['a', 'b']);
});

test.each([
  ['nothing', null],
  ['another message', { requestId: REQUEST_ID, generation: 1 }],
  ['an id that is none', { kind: 'ingest', requestId: 'x' }],
  ['a record that is not S3’s', { Records: [{ eventSource: 'aws:sns', Sns: {} }] }],
  ['a key that is not encoded as S3 does', { Records: [{ s3: { bucket: { name: 'b' }, object: { key: '50%' } } }] }],
])('%s is poison', (_name, message) => {
  expect(() => IngestTrigger.parse(message)).toThrow();
});
