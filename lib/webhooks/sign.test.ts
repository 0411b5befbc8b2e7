import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { signatureHeaders } from './sign.ts';

const secret = (fill: string) => `whsec_${Buffer.alloc(32, fill).toString('base64')}`;
const message = () => ({
  id: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W',
  timestamp: Math.floor(Date.now() / 1000),
  payload: '{"type":"request.completed","note":"größe ✓"}',
});

describe('signatureHeaders', () => {
  it('are those of the example of the specification’s libraries', () => {
    const headers = signatureHeaders(
      { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, payload: '{"test": 2432232314}' },
      ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    );
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('are accepted by an independent library', () => {
    const { payload } = message();
    const headers = signatureHeaders(message(), [secret('a')]);
    expect(new Webhook(secret('a')).verify(payload, headers)).toEqual(JSON.parse(payload));
  });

  it('are accepted by receivers of the old and of the new secret while it rotates', () => {
    const { payload } = message();
    const headers = signatureHeaders(message(), [secret('new'), secret('old')]);
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
    expect(new Webhook(secret('new')).verify(payload, headers)).toBeTruthy();
    expect(new Webhook(secret('old')).verify(payload, headers)).toBeTruthy();
    expect(() => new Webhook(secret('other')).verify(payload, headers)).toThrow();
  });

  it.each(['id', 'timestamp', 'payload'] as const)('cover the %s', (part) => {
    const original = message();
    const other = { ...original, [part]: part === 'timestamp' ? original.timestamp + 1 : 'changed' };
    expect(signatureHeaders(original, [secret('a')])['webhook-signature']).not.toBe(
      signatureHeaders(other, [secret('a')])['webhook-signature'],
    );
  });

  it.each([
    '',
    'whsec_',
    'whsec_c2hvcnQ=',
    'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'whsec_not base64 at all, but long',
    `whsec_${Buffer.alloc(65).toString('base64')}`,
  ])('are not made with the bad secret "%s", which the error keeps to itself', (bad) => {
    expect(() => signatureHeaders(message(), [secret('a'), bad])).toThrow(
      'A webhook secret is "whsec_" and the base64 of 24 to 64 bytes.',
    );
  });
});
