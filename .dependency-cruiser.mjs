/** Imports run one way: app -> components -> lib -> db; inngest -> lib; cli -> lib (CONTRIBUTING.md). */
const code = '^(app|components|lib|db|inngest|cli)/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'db-imports-nothing-above',
      comment: 'Seeds and test builders make data through the same rules that the product uses.',
      severity: 'error',
      from: { path: '^db/', pathNot: '^db/(seed|testing)' },
      to: { path: '^(app|components|lib|inngest|cli)/', pathNot: '^lib/platform/' },
    },
    {
      name: 'lib-below-the-doors',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^(app|components|inngest|cli)/' },
    },
    {
      name: 'lib-without-next-and-react',
      severity: 'error',
      from: { path: '^(lib|db)/' },
      to: { path: '^node_modules/(next|react|react-dom|next-auth|server-only)/' },
    },
    {
      name: 'platform-knows-no-feature',
      severity: 'error',
      from: { path: '^lib/platform/' },
      to: { path: '^lib/', pathNot: '^lib/platform/' },
    },
    {
      name: 'platform-below-db',
      comment: 'Only the bundle of services names the database, as a type.',
      severity: 'error',
      from: { path: '^lib/platform/', pathNot: ['^lib/platform/services\\.ts$', '\\.test\\.ts$'] },
      to: { path: '^db/' },
    },
    {
      name: 'components-below-app',
      severity: 'error',
      from: { path: '^components/' },
      to: { path: '^(app|inngest|cli)/' },
    },
    {
      name: 'app-without-db',
      severity: 'error',
      from: { path: '^app/', pathNot: '\\.test\\.tsx?$' },
      to: { path: '^db/' },
    },
    {
      name: 'components-without-db',
      severity: 'error',
      from: { path: '^components/' },
      to: { path: '^db/' },
    },
    {
      name: 'inngest-only-lib',
      severity: 'error',
      from: { path: '^inngest/', pathNot: ['^inngest/embedded/', '\\.test\\.ts$'] },
      to: { path: '^(app|components|cli|db)/' },
    },
    {
      name: 'cli-only-lib',
      severity: 'error',
      from: { path: '^cli/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(app|components|inngest|db)/' },
    },
    {
      name: 'tests-are-not-imported',
      severity: 'error',
      from: { pathNot: '\\.test\\.tsx?$' },
      to: { path: '\\.test\\.tsx?$' },
    },
    {
      name: 'no-test-code-in-the-product',
      severity: 'error',
      from: { path: code, pathNot: ['\\.test\\.tsx?$', 'testing'] },
      to: { path: '(^db/testing|/testing/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(\\.next|\\.lapse|test-results)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
