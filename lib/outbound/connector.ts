import type { LookupAddress } from 'node:dns';
import { isIP, isIPv6, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { isPublicAddress } from './address.ts';
import { codeOf, OutboundError } from './outbound-error.ts';

/** Every address of a host name. */
export type Resolve = (hostname: string) => Promise<LookupAddress[]>;

type ConnectorOptions = {
  /** Whether this host (IPv6 in brackets) and port may be dialled wherever it lives. */
  isExempt: (host: string, port: number) => boolean;
  connectTimeoutMs: number;
  resolve: Resolve;
};

type Permit = (address: string) => boolean;

/**
 * Opens connections to public addresses only: literals are checked before dialling, every DNS answer in the lookup that
 * the dialling itself uses, and the peer's address before TLS or HTTP sends its first byte.
 */
export function guardedConnector({ isExempt, connectTimeoutMs, resolve }: ConnectorOptions): buildConnector.connector {
  const dial = (permit: Permit) =>
    buildConnector({ timeout: connectTimeoutMs, autoSelectFamily: true, lookup: checkedLookup(resolve, permit) });
  const dialPublic = dial(isPublicAddress);
  const dialAnywhere = dial(() => true);
  const secure = buildConnector({ timeout: connectTimeoutMs, allowH2: false });

  return (options, callback) => {
    const { hostname, protocol } = options;
    const port = options.port || (protocol === 'https:' ? '443' : '80');
    const exempt = isExempt(isIPv6(hostname) ? `[${hostname}]` : hostname, Number(port));
    // Node never asks `lookup` about literals.
    if (!exempt && isIP(hostname) !== 0 && !isPublicAddress(hostname)) {
      callback(blocked(), null);
      return;
    }
    const tcp = { hostname, port, protocol: 'http:' };
    (exempt ? dialAnywhere : dialPublic)(tcp, (error, socket) => {
      if (error !== null) {
        callback(error, null);
      } else if (!exempt && !isPublicAddress(socket.remoteAddress ?? '')) {
        socket.destroy();
        callback(blocked(), null);
      } else if (protocol === 'https:') {
        secure({ ...options, httpSocket: socket }, (tlsError, tlsSocket) => {
          if (tlsError === null) callback(null, tlsSocket);
          else callback(tlsFailure(tlsError), null);
        });
      } else {
        callback(null, socket);
      }
    });
  };
}

/** One denied answer denies the name: what else it answers is no safer the next time it is asked. */
function checkedLookup(resolve: Resolve, permit: Permit): LookupFunction {
  return (hostname, _options, callback) => {
    resolve(hostname).then(
      (answers) => {
        if (answers.length === 0) callback(dnsFailure('ENOTFOUND'), []);
        else if (answers.every(({ address }) => permit(address))) callback(null, answers);
        else callback(blocked(), []);
      },
      (error: unknown) => callback(dnsFailure(codeOf(error), error), []),
    );
  };
}

function dnsFailure(code: string | undefined, cause?: unknown): OutboundError {
  const retryable = code !== 'ENOTFOUND';
  const message = retryable ? 'The host name could not be looked up.' : 'The host name does not exist.';
  return new OutboundError('dns_error', message, { retryable, cause });
}

function blocked(): OutboundError {
  return new OutboundError('blocked_url', 'The address points into a network that may not be reached.');
}

/** Within the handshake all but a broken or silent connection is the certificate's or the protocol's fault. */
function tlsFailure(error: Error): Error {
  const code = codeOf(error) ?? 'unknown';
  if (['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT'].includes(code)) return error;
  return new OutboundError('tls_error', `No secure connection could be made (${code}).`, { cause: error });
}
