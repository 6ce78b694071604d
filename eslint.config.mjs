import eslint from '@eslint/js';
import { createProjectGraphAsync } from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

// @nx/enforce-module-boundaries only reads a graph that somebody made before, and passes everything where there is none.
await createProjectGraphAsync({ exitOnError: false });

/** docs/design.md, "The house": what each package may import of the others. */
const arrows = {
  files: [],
  compile: [],
  map: ['compile'],
  peft: ['files', 'compile', 'map'],
  models: ['compile', 'files'],
  tasks: [],
  glue: ['files', 'tasks'],
  synthetic: ['tasks', 'glue'],
  commonsense: ['files'],
  hub: ['files'],
  data: ['tasks', 'glue', 'synthetic', 'hub'],
  results: ['files'],
  statistics: [],
  report: ['tasks', 'data', 'results', 'statistics'],
  train: ['files', 'compile', 'models', 'peft'],
  trial: ['files', 'compile', 'peft', 'models', 'tasks', 'data', 'synthetic', 'train', 'results'],
  runner: [
    'files',
    'compile',
    'map',
    'peft',
    'models',
    'tasks',
    'data',
    'glue',
    'synthetic',
    'hub',
    'train',
    'trial',
    'results',
    'statistics',
    'report',
  ],
  experiments: ['runner'],
  benchmarks: [
    'compile',
    'map',
    'peft',
    'models',
    'tasks',
    'data',
    'glue',
    'synthetic',
    'hub',
    'train',
    'results',
    'statistics',
    'report',
    'runner',
  ],
};

const tensorflow = {
  group: ['@tensorflow/*'],
  message: "Write `import { tf } from '@lomap/compile'`: only packages/compile/src/tf.ts loads TensorFlow.js.",
};
const onnxRuntime = {
  group: ['onnxruntime-*'],
  message: 'Only packages/compile talks to ONNX Runtime; use its compile().',
};
const deep = {
  regex: '^@lomap/(?!(?:results|hub|map|peft)/testing$)[^/]+/.+',
  message: 'Import packages by their name alone: what is not in src/index.ts is private.',
};

/** @param {object[]} patterns */
const forbid = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns: [deep, ...patterns] }] });

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', 'runs/', 'results/', '.nx/', '.cache/', 'coverage/'] },
  {
    // A finding is fixed or the rule is discussed here, in one place; never silenced in passing.
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' },
  },
  eslint.configs.recommended,
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  {
    // The HTML report's scripts run in a browser; assets/tsconfig.json checks their types.
    files: ['packages/report/assets/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...['document', 'location', 'matchMedia', 'getComputedStyle', 'addEventListener', 'Event'],
          ...['HTMLElement', 'HTMLTableElement', 'HTMLDetailsElement'],
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Numbers print as themselves in messages.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `(x) => void log(x)` and `() => list.push(x)` are read as what they are.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidOperator: true },
      ],
      // `tf.matMul(a, b) as tf.Tensor2D`: tfjs infers its results' rank from the assertion and the rule then calls it useless.
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      // `const { a: _, ...rest } = x` leaves a out.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { ignoreRestSiblings: true, argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      // `fn<T extends Tensor>(x: ...): T` says what the caller expects of an untyped kernel.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      // A callback that may return nothing.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // An index that a loop or a check before bounds: a test for undefined there would be dead code.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // What implements an interface of promises may have nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // Thrown again as it came.
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true, allowRethrowing: true }],
    },
  },
  {
    files: ['**/*.{ts,js,mjs}'],
    plugins: { '@nx': nx },
    rules: {
      ...forbid(tensorflow, onnxRuntime),
      '@nx/enforce-module-boundaries': [
        'error',
        {
          // What specs of every package share: test/ is no package.
          allow: [String.raw`/test/needs/needs\.ts$`],
          depConstraints: Object.entries(arrows).map(([source, targets]) => ({
            sourceTag: `package:${source}`,
            onlyDependOnLibsWithTags: targets.map((target) => `package:${target}`),
          })),
        },
      ],
    },
  },
  { files: ['packages/compile/**/*.ts'], rules: forbid(tensorflow) },
  { files: ['packages/compile/src/tf.ts'], rules: forbid(onnxRuntime) },
  { files: ['benchmarks/**'], rules: forbid() },
);
