/** The rooms of ARCHITECTURE.md as rules: who may import whom. */
const room = (path) => `^lib/${path}(/|\\.ts$)`;
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const notTests = { pathNot: '\\.test\\.ts$' };

export default {
  forbidden: [
    forbid('no-circular', 'A cycle hides which room depends on which.', {}, { circular: true }),
    forbid(
      'functions-apart',
      'Functions share code through lib/, never through each other.',
      { path: '^functions/', ...notTests },
      { path: '^functions/' },
    ),
    forbid(
      'lib-not-back',
      'lib/ knows nothing of what calls it or of local development.',
      { path: '^lib/', ...notTests },
      { path: '^(functions|infra|cli|samples|bench|tests|web)/' },
    ),
    forbid(
      'functions-not-local',
      'infra/ is for development and deployment only.',
      { path: '^functions/', ...notTests },
      { path: '^(infra|cli|samples|bench|tests|web)/' },
    ),
    forbid(
      'csv-pure',
      'csv/ knows neither AWS nor requests.',
      { path: room('csv'), ...notTests },
      { path: '^(lib/(?!csv/)|node_modules/@aws-sdk)' },
    ),
    forbid(
      'images-pure',
      'images/ knows neither AWS nor requests.',
      { path: room('images'), ...notTests },
      { path: '^(lib/(?!images/|outbound/)|node_modules/@aws-sdk)' },
    ),
    forbid(
      'outbound-lowest',
      'outbound/ is the ground floor.',
      { path: room('outbound'), ...notTests },
      { path: '^(lib/(?!outbound/)|node_modules/@aws-sdk)' },
    ),
    forbid(
      'webhooks-pure',
      'webhooks/ signs, schedules and posts; it knows neither AWS nor requests.',
      { path: room('webhooks'), ...notTests },
      { path: '^(lib/(?!webhooks/|outbound/)|node_modules/@aws-sdk)' },
    ),
    forbid(
      'sdk-only-in-aws',
      'aws/ is the only place that makes SDK clients.',
      { path: '^(lib|functions)/', pathNot: ['^lib/aws/', '\\.test\\.ts$'] },
      { path: 'node_modules/@aws-sdk' },
    ),
    forbid(
      'one-way-out',
      'Outbound requests go through lib/outbound, also by dynamic imports.',
      { path: '^(lib|functions)/', pathNot: ['^lib/outbound/', '\\.test\\.ts$'] },
      {
        path: '^(node:)?(https?|http2|net|tls|dgram)$|node_modules/(undici|axios|got|node-fetch|needle|superagent|ky)/',
      },
    ),
    forbid(
      'aws-thin',
      'aws/ knows nothing of requests.',
      { path: room('aws'), ...notTests },
      { path: '^lib/(?!aws/|env\\.ts)' },
    ),
    forbid(
      'requests-not-http',
      'The story of a request does not know how it was told, nor what goes out by which socket.',
      { path: room('requests'), ...notTests },
      { path: room('(http|queue|outbound)') },
    ),
    forbid(
      'http-words-only',
      'http/ tells the story of a request; of the rooms below it knows their codes and schemas, not their work.',
      { path: room('http'), ...notTests },
      {
        path: '^lib/(?!(http|requests)/|logger\\.ts)',
        pathNot: '^lib/(csv/csv-error|images/image-(error|options)|webhooks/webhook-url)\\.ts$',
      },
    ),
    forbid(
      'queue-thin',
      'queue/ reads messages for the story of a request; it knows none of the rooms below that.',
      { path: room('queue'), ...notTests },
      { path: '^lib/(?!(queue|requests)/|logger\\.ts)' },
    ),
    forbid('cli-apart', 'The client talks HTTP only.', { path: '^cli/' }, { path: '^(lib|functions|infra|web)/' }),
    forbid(
      'web-apart',
      'The page talks HTTP only; its tests may look at what it must agree with.',
      { path: '^web/src/', ...notTests },
      { path: '^(lib|functions|infra|cli|samples|bench|tests)/' },
    ),
    forbid(
      'web-in-browsers',
      'The page runs where there is no Node.',
      { path: '^web/src/', ...notTests },
      { dependencyTypes: ['core'] },
    ),
    forbid(
      'no-dev-dependency-in-product',
      'What is deployed needs only dependencies.',
      { path: '^(functions|lib)/', ...notTests },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '@types/' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(node_modules|dist|web/dist|\\.local)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
