// GraphQL over HTTP audits of one address, as JSON: {ok, notice, warn, error, failed: [...]}.
// Usage: node audit.mjs ADDRESS [BEARER_TOKEN]
import { auditServer } from 'graphql-http';

const [url, token] = process.argv.slice(2);

// One request after the other: a test serves them inside its one database transaction.
let last = Promise.resolve();
const fetchFn = (address, init = {}) => {
  const headers = { ...init.headers, ...(token ? { authorization: `Bearer ${token}` } : {}) };
  last = last.catch(() => {}).then(() => fetch(address, { ...init, headers }));
  return last;
};

const results = await auditServer({ url, fetchFn });
const counts = { ok: 0, notice: 0, warn: 0, error: 0, failed: [] };
for (const result of results) {
  counts[result.status] += 1;
  if (result.status !== 'ok') counts.failed.push(`${result.status} ${result.id} ${result.name}: ${result.reason}`);
}
console.log(JSON.stringify(counts));
