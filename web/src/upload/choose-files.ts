import { announce } from '../app/announcer.tsx';
import { addFiles, removeAccepted } from './upload-queue.ts';

/** Files come to those already chosen, in place of those that have become requests. */
export function chooseFiles(files: readonly File[]): void {
  removeAccepted();
  addFiles(files);
  announce(files.length === 1 ? `${files[0]?.name ?? ''} was chosen.` : `${files.length} files were chosen.`);
}
