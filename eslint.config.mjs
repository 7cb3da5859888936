import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** What a pure library may never import: I/O and frameworks stay at the edges (docs/architecture.md). */
const IO = ['kafkajs', 'typeorm', 'pg', '@nestjs/*', 'undici', 'fastify'];

/** Who may import whom, by the tag in each project's package.json. A project without a tag may import nothing. */
const boundaries = [
  { sourceTag: 'type:pure', onlyDependOnLibsWithTags: ['type:pure'], bannedExternalImports: IO },
  { sourceTag: 'type:provider', onlyDependOnLibsWithTags: ['type:pure'], bannedExternalImports: IO },
  {
    sourceTag: 'type:registry',
    onlyDependOnLibsWithTags: ['type:pure', 'type:provider', 'type:registry'],
    bannedExternalImports: IO,
  },
  { sourceTag: 'type:infra', onlyDependOnLibsWithTags: ['type:pure', 'type:infra'] },
  { sourceTag: 'type:feature', onlyDependOnLibsWithTags: ['type:pure', 'type:infra'] },
  {
    sourceTag: 'type:app',
    onlyDependOnLibsWithTags: ['type:pure', 'type:infra', 'type:feature', 'type:provider', 'type:registry'],
  },
  { sourceTag: 'scope:delivery', notDependOnLibsWithTags: ['type:provider', 'type:registry'] },
  {
    sourceTag: 'type:testkit',
    onlyDependOnLibsWithTags: ['type:pure', 'type:infra', 'type:provider', 'type:registry'],
  },
  { sourceTag: 'type:tool', onlyDependOnLibsWithTags: ['type:pure', 'type:infra', 'type:testkit', 'type:registry'] },
  {
    sourceTag: 'type:e2e',
    onlyDependOnLibsWithTags: ['type:pure', 'type:infra', 'type:provider', 'type:registry', 'type:testkit'],
  },
];

const onlyInKafka = { name: 'kafkajs', message: 'Only libs/kafka may know which Kafka client we use.' };

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', 'var/', '.nx/', 'coverage/', '**/files/**'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { depConstraints: boundaries, enforceBuildableLibDependency: false, allow: ['./*.config.ts'] },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unsafe-declaration-merging': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      'max-lines': ['error', { max: 350, skipBlankLines: false, skipComments: false }],
      'no-console': 'error',
      'no-restricted-imports': ['error', { paths: [onlyInKafka] }],
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Settings are read in one place: a config class (libs/service-host).',
        },
      ],
    },
  },
  { files: ['libs/kafka/**/*.ts', 'examples/consumers/*.ts'], rules: { 'no-restricted-imports': 'off' } },
  {
    // The host reads the environment; tools and tests hand it to the processes they start.
    files: [
      'libs/service-host/**/*.ts',
      'libs/testkit/**/*.ts',
      'tools/**/*.ts',
      'examples/**/*.ts',
      '**/test/**/*.ts',
      '**/*.spec.ts',
      '*.ts',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  { files: ['{tools,examples}/**/*.ts', '**/test/**/*.ts', 'libs/testkit/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    // A test proves a library with its real neighbours: the boundaries bind what ships.
    files: ['**/*.spec.ts', '{apps,libs}/**/test/**/*.ts'],
    rules: { '@nx/enforce-module-boundaries': 'off' },
  },
);
