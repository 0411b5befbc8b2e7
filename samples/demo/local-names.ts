/** What serverless.yml calls its region and resources in the stage `local`. */
export const LOCAL = {
  region: 'eu-central-1',
  dataBucket: 'rowpress-local-databucket',
  imagesBucket: 'rowpress-local-imagesbucket',
  table: 'rowpress-local-table',
  pagesQueue: 'rowpress-local-pages',
  ingestQueue: 'rowpress-local-ingest',
} as const;
