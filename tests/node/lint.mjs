// graphql-eslint over one schema: a line for each finding; exit 1 when there is one.
// Usage: node lint.mjs PATH [TYPE...]   (types without an identity of their own: they need no id)
import { basename, dirname, resolve } from 'node:path';
import { argv, exit } from 'node:process';
import graphql from '@graphql-eslint/eslint-plugin';
import { ESLint } from 'eslint';

const [, , file, ...values] = argv;
const path = resolve(file);
const { 'flat/schema-recommended': recommended, 'flat/schema-relay': relay } = graphql.configs;
const ours = {
  // Beyond the recommended set: each mutation takes one `input: XInput!`.
  '@graphql-eslint/input-name': ['error', { checkInputType: true, caseSensitiveInputType: false }],
  // Not types and root fields alone: everything is described.
  '@graphql-eslint/require-description': [
    'error',
    { types: true, rootField: true, FieldDefinition: true, InputValueDefinition: true, EnumValueDefinition: true },
  ],
  // An id for everything that has an identity. Pages, edges, payloads and declared values (a total, an address) have none.
  '@graphql-eslint/strict-id-in-types': [
    'error',
    { exceptions: { ...(values.length && { types: values }), suffixes: ['Connection', 'Edge', 'Payload'] } },
  ],
  // Lists of codes, of values and of a command's own rows (1 to 100, as many as were sent) are plain; that lists of nodes
  // are connections is held by tests/graphql/test_planned.py, which the rule cannot tell apart.
  '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false }],
};
const eslint = new ESLint({
  cwd: dirname(path), // it lints nothing outside its folder
  overrideConfigFile: true,
  overrideConfig: [
    {
      files: ['**/*.graphql'],
      languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: path } } },
      plugins: { '@graphql-eslint': graphql },
      rules: { ...recommended.rules, ...relay.rules, ...ours },
    },
  ],
});

let found = 0;
for (const { messages } of await eslint.lintFiles([basename(path)])) {
  for (const { line, message, ruleId } of messages) {
    console.log(`${basename(path)}:${line} ${message.replaceAll('\n', ' ')} (${ruleId})`);
    found += 1;
  }
}
exit(found ? 1 : 0);
