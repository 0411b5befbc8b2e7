import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const api = process.env.ROWPRESS_API ?? 'http://127.0.0.1:3000';

/** `npm run web:dev` shows the page with what an API at ROWPRESS_API serves. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  server: { host: '127.0.0.1', proxy: { '/api': api, '/sample.csv': api } },
  build: {
    outDir: 'dist',
    target: ['chrome123', 'firefox128', 'safari17.5'],
    // The content security policy has no data: for scripts and fonts, and a picture is better cached on its own.
    assetsInlineLimit: 0,
    reportCompressedSize: true,
  },
  worker: { format: 'es' },
});
