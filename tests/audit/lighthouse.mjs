// Lighthouse over pages of one host: a line of JSON for each page and form (phone, desk).
// Usage: node lighthouse.mjs CHROMIUM BASE_URL < paths, one a line
import { readFileSync } from 'node:fs';
import { argv } from 'node:process';
import { launch } from 'chrome-launcher';
import lighthouse, { desktopConfig } from 'lighthouse';

const [, , chromePath, base] = argv;
const paths = readFileSync(0, 'utf8').split('\n').filter(Boolean);
const forms = { phone: undefined, desk: desktopConfig };
const chromeFlags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-dev-shm-usage'];
const TRIES = 3; // Chromium now and then loses a page on a busy machine; that is no finding

async function measured(path, config) {
  let problem;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const chrome = await launch({ chromePath, chromeFlags });
    try {
      const result = await lighthouse(base + path, { port: chrome.port, output: 'json', logLevel: 'silent' }, config);
      if (!result.lhr.runtimeError) return result.lhr;
      problem = result.lhr.runtimeError.message;
    } catch (error) {
      problem = String(error);
    } finally {
      await chrome.kill();
    }
  }
  throw new Error(`${path}: ${problem}`);
}

function told({ categories, audits }) {
  const scores = Object.fromEntries(
    Object.entries(categories).map(([name, { score }]) => [name, Math.round(100 * (score ?? 0))]),
  );
  const lost = Object.entries(categories).flatMap(([name, { auditRefs }]) =>
    name === 'performance'
      ? []
      : auditRefs
          .filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 1)
          .map(({ id }) => `${id}: ${JSON.stringify(audits[id].details?.items?.slice(0, 3) ?? audits[id].title)}`),
  );
  return {
    scores,
    lost,
    bytes: audits['total-byte-weight'].numericValue,
    requests: audits['network-requests'].details.items.length,
    largestPaintMs: audits['largest-contentful-paint'].numericValue,
    layoutShift: audits['cumulative-layout-shift'].numericValue,
    blockingMs: audits['total-blocking-time'].numericValue,
  };
}

for (const path of paths) {
  for (const [form, config] of Object.entries(forms)) {
    console.log(JSON.stringify({ path, form, ...told(await measured(path, config)) }));
  }
}
