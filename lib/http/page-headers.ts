/** Where the page may reach to, beside its own origin. */
export type Reach = {
  /** Takes presigned uploads. */
  uploadOrigin: string;
  /** Images are shown from anywhere; over plain HTTP only where the page is, which is on a laptop. */
  secure: boolean;
};

/** What a browser is told of the page: it runs nothing but its own scripts and is shown in no frame. */
export const pageHeaders = (reach: Reach): Record<string, string> => ({
  'content-security-policy': policyOf(reach),
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
});

const policyOf = ({ uploadOrigin, secure }: Reach): string =>
  Object.entries({
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    // Inputs lie on the suppliers' servers, outputs behind the CDN.
    'img-src': `'self' ${secure ? 'https:' : 'http: https:'}`,
    'connect-src': `'self' ${uploadOrigin}`,
    'object-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'self'",
    'frame-ancestors': "'none'",
  })
    .map((directive) => directive.join(' '))
    .join('; ');
