export const SAMPLE_URL = '/sample.csv';

/** The sample catalogue, as if it had been chosen. Throws when there is none. */
export async function fetchSample(): Promise<File> {
  const response = await fetch(SAMPLE_URL);
  const isText = !response.headers.get('content-type')?.includes('html');
  if (!response.ok || !isText) throw new Error(`The sample was answered by ${response.status}.`);
  return new File([await response.blob()], 'sample.csv', { type: 'text/csv' });
}
