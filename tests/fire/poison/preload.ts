import { registerHooks } from 'node:module';

const real = new URL('../../../lib/images/compress-image.ts', import.meta.url).href;
const poisoned = new URL('compress-image.ts', import.meta.url).href;

/** Whoever imports the product's compressImage gets the one that poison works on, which alone gets the product's. */
registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    return resolved.url === real && context.parentURL !== poisoned ? { ...resolved, url: poisoned } : resolved;
  },
});
