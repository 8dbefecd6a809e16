// html-validate over the HTML files of a folder: a line for each finding; exit 1 when there is one.
// Usage: node validate.mjs FOLDER
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { argv, exit } from 'node:process';
import { FileSystemConfigLoader, HtmlValidate } from 'html-validate';

const [, , folder] = argv;
const config = {
  root: true,
  extends: ['html-validate:recommended'],
  rules: {
    'doctype-style': ['error', { style: 'lowercase' }],
    // The title names the page, then the site; search engines cut it, people read it whole.
    'long-title': 'off',
    // Templates indent by themselves; the spaces never reach a reader.
    'no-trailing-whitespace': 'off',
    // Ticks of one list share their name; each is a value of it.
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'button', 'reset', 'submit'] }],
  },
};
const htmlvalidate = new HtmlValidate(new FileSystemConfigLoader(config));
let found = 0;
for (const name of readdirSync(folder).sort()) {
  const report = await htmlvalidate.validateFile(join(folder, name));
  for (const { messages } of report.results) {
    for (const { line, message, ruleId } of messages) {
      console.log(`${name}:${line} ${message} (${ruleId})`);
      found += 1;
    }
  }
}
exit(found ? 1 : 0);
