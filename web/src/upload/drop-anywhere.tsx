import { useEffect, useState } from 'react';
import { useDropzone } from 'react-dropzone';
import { useLocation } from 'wouter';
import { UploadIcon } from '../ui/icons.tsx';
import { chooseFiles } from './choose-files.ts';
import styles from './drop-anywhere.module.css';

/** Lies over the whole window while files are dragged over it, and brings them to the upload page. */
export function DropAnywhere() {
  const [location, go] = useLocation();
  const isOwn = useOwnDrag();
  useStayingOnThePage();
  const { getRootProps, isDragGlobal } = useDropzone({
    noClick: true,
    noKeyboard: true,
    noPaste: true,
    preventDropOnDocument: false,
    onDrop(files) {
      if (files.length === 0) return;
      chooseFiles(files);
      if (location !== '/') go('/');
    },
  });
  return (
    <div {...getRootProps({ className: styles.window })} hidden={!isDragGlobal || isOwn}>
      <p className={styles.words}>
        <UploadIcon /> Let go to add it
      </p>
    </div>
  );
}

/** Whether a part of the page itself is dragged: browsers count its pictures as files, too. */
function useOwnDrag(): boolean {
  const [isOwn, setOwn] = useState(false);
  useEffect(() => {
    const begin = () => setOwn(true);
    const end = () => setOwn(false);
    document.addEventListener('dragstart', begin);
    document.addEventListener('dragend', end);
    return () => {
      document.removeEventListener('dragstart', begin);
      document.removeEventListener('dragend', end);
    };
  }, []);
  return isOwn;
}

/** A file that is let go over a dialog would be opened by the browser in place of the page; texts may be dropped. */
function useStayingOnThePage(): void {
  useEffect(() => {
    const stay = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    };
    document.addEventListener('dragover', stay);
    document.addEventListener('drop', stay);
    return () => {
      document.removeEventListener('dragover', stay);
      document.removeEventListener('drop', stay);
    };
  }, []);
}
