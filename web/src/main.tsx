import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './app/tokens.css';
import './app/base.css';
import { App } from './app/app.tsx';
import { restoreUploads } from './upload/upload-queue.ts';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no root.');

void restoreUploads();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
