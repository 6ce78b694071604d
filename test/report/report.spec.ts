/**
 * The HTML report as a reader has it: a file, opened in Chromium without a network. REPORT_SCREENSHOTS names a folder
 * for pictures of it.
 */
import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { report } from '@lomap/report';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { inCi, needs } from '../needs/needs.ts';
import { eventually, findChromium, launch, openFile, type OpenPage } from './browser.ts';
import {
  accessibilityProblems,
  averagesInSight,
  backgroundOfBody,
  contrastProblems,
  namesInSight,
  sidewaysOverflow,
} from './in-page.ts';
import { hostileSweep, IMAGE, plainSweep, SCRIPT, writeSweep } from './sweeps.ts';

jest.setTimeout(600_000); // a browser, and the charts of 1,156 trials, on a busy machine

const executable = findChromium();
const withBrowser = needs(executable === null ? 'no Chromium; CHROMIUM may name one' : null, inCi);

const folder = mkdtempSync(join(tmpdir(), 'lomap-report-page-'));
const pictures = process.env['REPORT_SCREENSHOTS'] ?? join(folder, 'pictures');
const real = 'ablation-magnitude';
/** The committed sweep with the most trials. */
const largest = 'coupling';
const committed = (sweep: string): string => fileURLToPath(new URL(`../../results/${sweep}`, import.meta.url));
const fileOf = (sweep: string): string => join(folder, 'out', sweep, 'report.html');

withBrowser.describe('the HTML report', () => {
  let browser: Browser;
  let open: OpenPage;
  let page: Page;

  beforeAll(async () => {
    const results = join(folder, 'results');
    await writeSweep(join(results, 'plain'), plainSweep());
    await writeSweep(join(results, 'hostile'), hostileSweep());
    cpSync(committed(real), join(results, real), { recursive: true });
    cpSync(committed(largest), join(results, largest), {
      recursive: true,
      filter: (path) => !path.endsWith('predictions.csv'),
    });
    const descriptions = new Map([['hostile', `${SCRIPT}${IMAGE}`]]);
    const { frontPage } = await report({
      resultsDirectory: results,
      outputDirectory: join(folder, 'out'),
      descriptions,
    });
    expect(frontPage).toBe(join(folder, 'out', 'index.html'));
    browser = await launch(executable!);
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function show(sweep: string, options: BrowserContextOptions = {}): Promise<void> {
    open = await openFile(browser, fileOf(sweep), options);
    page = open.page;
  }

  /** Waits until every chart of the sweep is live. */
  async function charts(): Promise<void> {
    for (const figure of await page.locator('figure.chart').all()) {
      await figure.locator('.live svg .mark-symbol path').first().waitFor({ state: 'attached' });
    }
  }

  /** Opens the list of trials and, of these, the one at a place in it. */
  async function openTrial(place = 0): Promise<void> {
    await page.locator('#trials > summary').click();
    await page.locator('#trials tr[data-row] a').nth(place).click();
    await page.locator('details.trial[open]').waitFor();
  }

  afterEach(async () => {
    const { problems } = open;
    await open.close();
    expect(problems).toEqual([]);
  });

  describe.each([real, 'plain', 'hostile'])('of %s', (sweep) => {
    test('draws its charts live, keeps to its window, and is accessible in light and dark', async () => {
      await show(sweep, { colorScheme: 'light' });
      await charts();
      expect(await page.locator('figure.chart img.static:visible').count()).toBe(0);
      expect(await page.evaluate(accessibilityProblems)).toEqual([]);
      expect(await page.evaluate(contrastProblems)).toEqual([]);
      await page.screenshot({ path: join(pictures, `${sweep}-light.png`), fullPage: true });

      const light = await page.evaluate(backgroundOfBody);
      await page.getByRole('button', { name: 'Dark theme' }).click();
      await eventually(async () => (await page.evaluate(backgroundOfBody)) === light, false);
      await charts();
      await eventually(() => page.evaluate(contrastProblems), []);
      await page.screenshot({ path: join(pictures, `${sweep}-dark.png`), fullPage: true });
      await eventually(async () => (await page.evaluate(sidewaysOverflow)) <= 0, true);
    });

    test('fits a window of 360 pixels', async () => {
      await show(sweep, { viewport: { width: 360, height: 740 } });
      await charts();
      await openTrial();
      await page.locator('details.trial[open] .live svg .mark-line path').first().waitFor();
      await eventually(async () => (await page.evaluate(sidewaysOverflow)) <= 0, true);
      await page.screenshot({ path: join(pictures, `${sweep}-narrow.png`), fullPage: true });
    });

    test('without script shows tables and pictures, and says where the trials are', async () => {
      await show(sweep, { javaScriptEnabled: false });
      expect(await page.locator('figure.chart img.static:visible').count()).toBe(
        await page.locator('figure.chart').count(),
      );
      expect(await page.locator('button:visible').count()).toBe(0);
      const scores = page.getByRole('table', { name: 'Score on dev' }).first();
      expect(await scores.getByRole('row').count()).toBeGreaterThan(2);
      expect(await page.locator('main table:visible').count()).toBeGreaterThanOrEqual(3);
      const sizes = await page
        .locator('figure.chart img.static')
        .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));
      expect(Math.min(...sizes)).toBeGreaterThan(100);
      await page.locator('#trials > summary').click();
      expect(await page.locator('#trials .waiting').textContent()).toContain('result.json');
      await page.screenshot({ path: join(pictures, `${sweep}-without-script.png`), fullPage: true });
    });
  });

  describe('by keyboard', () => {
    beforeEach(() => show(real));

    test('a header sorts up, down and back, numbers as numbers, and says so', async () => {
      const table = page.getByRole('table', { name: 'Primary endpoint' }).first();
      const heads = table.locator('thead th');
      const differences = () => table.locator('tbody tr td:nth-child(2)').allTextContents();
      const original = await differences();
      const numbers = (texts: string[]) => texts.map((text) => Number(text.replace('−', '-')));
      const ascending = [...numbers(original)].sort((a, b) => a - b);
      expect(ascending).not.toEqual(numbers(original));

      const button = heads.nth(1).getByRole('button', { name: 'Difference' });
      expect(await heads.nth(1).getAttribute('aria-sort')).toBeNull();
      await button.click();
      await eventually(() => heads.nth(1).getAttribute('aria-sort'), 'ascending');
      await eventually(async () => numbers(await differences()), ascending);
      await button.press('Enter');
      await eventually(() => heads.nth(1).getAttribute('aria-sort'), 'descending');
      await eventually(async () => numbers(await differences()), [...ascending].reverse());

      await heads.nth(0).getByRole('button').press('Space');
      await eventually(() => heads.nth(0).getAttribute('aria-sort'), 'ascending');
      await eventually(() => heads.nth(1).getAttribute('aria-sort'), null);
      await heads.nth(0).getByRole('button').press('Enter');
      await heads.nth(0).getByRole('button').press('Enter');
      await eventually(() => heads.nth(0).getAttribute('aria-sort'), null);
      await eventually(() => differences(), original);
    });

    test('the skip link comes first, and a trial opens with its chart', async () => {
      await page.keyboard.press('Tab');
      await eventually(() => page.locator(':focus').textContent(), 'Skip to the result');
      await page.keyboard.press('Enter');
      await eventually(() => page.locator('main:focus').count(), 1);

      await page.locator('#trials > summary').press('Enter');
      const link = page.locator('#trials tr[data-row] a').nth(2);
      const name = (await link.textContent())!;
      await eventually(() => page.locator('details.trial').count(), 0);
      await link.press('Enter');
      const trial = page.locator('details.trial[open]');
      await trial.locator('.live svg .mark-line path').first().waitFor();
      await eventually(() => page.locator('summary:focus .name').textContent(), name);
      await eventually(() => trial.locator('svg.drawing').isVisible(), false);
      await eventually(() => trial.getByRole('table', { name: 'Provenance' }).isVisible(), true);
      await eventually(() => page.evaluate(accessibilityProblems), []);
      await trial.locator('summary').press('Enter');
      await eventually(() => page.locator('details.trial[open]').count(), 0);
      await link.press('Enter'); // the address is the same: it opens again
      await trial.waitFor();
    });

    test('a trial’s address opens it, and words leave the rows that have them', async () => {
      await page.locator('#trials > summary').click();
      const address = await page.locator('#trials tr[data-row] a').nth(3).getAttribute('href');
      const name = await page.locator('#trials tr[data-row] a').nth(3).textContent();
      await page.goto(`${page.url().replace(/#.*/, '')}${address!}`);
      await page.reload();
      await page.locator('details.trial[open]').waitFor();
      await eventually(() => page.locator('details.trial[open] .name').allTextContents(), [name]);

      await page.getByLabel('Show trials with').fill('frozen seed 2');
      await eventually(
        () => page.locator('#trials tr[data-row]:visible a').allTextContents(),
        ['frozen on STS-B, seed 2'],
      );
      await eventually(() => page.getByRole('status').textContent(), '1 of 12 trials');
    });

    test('the data of a chart are a table, read when asked for', async () => {
      const details = page.locator('figure.chart details').first();
      expect(await details.locator('table').count()).toBe(0);
      await details.locator('summary').press('Enter');
      // The data are in a script beside the page, which is read now.
      await details.getByRole('row').nth(5).waitFor();
      await details.getByRole('button', { name: 'Value' }).press('Enter');
      await eventually(() => details.locator('th[aria-sort="ascending"]').count(), 1);
    });

    test('a link into what is folded unfolds it', async () => {
      await page.getByRole('link', { name: 'Settings and provenance' }).press('Enter');
      await eventually(() => page.getByRole('table', { name: 'What the numbers come from' }).isVisible(), true);
    });
  });

  describe('of the largest committed sweep', () => {
    test('has less than 3 MB and reads trials from beside as they are asked for', async () => {
      expect(statSync(fileOf(largest)).size).toBeLessThan(3e6);
      await show(largest);
      const read: string[] = [];
      page.on('request', (request) => read.push(request.url()));
      await openTrial(1000);
      expect(read.map((url) => url.replace(/.*\/(?=report\/)/, ''))).toEqual([
        'report/trials.js',
        expect.stringMatching(/^report\/trials-\d+\.js$/),
      ]);
      await eventually(() => page.getByRole('status').textContent(), '1156 of 1156 trials');
    });

    test.each([360, 1280, 1920])('does not scroll sideways at %d pixels', async (width) => {
      await show(largest, { viewport: { width, height: 900 } });
      await charts();
      await eventually(async () => (await page.evaluate(sidewaysOverflow)) <= 0, true);
    });
  });

  describe.each(['plain', largest])('the main table of %s', (sweep) => {
    test.each([360, 1280, 1920])('has every average in sight at %d pixels', async (width) => {
      await show(sweep, { viewport: { width, height: 900 } });
      const { rows, hidden } = await page.evaluate(averagesInSight);
      expect(rows).toBeGreaterThan(2);
      expect(hidden).toEqual([]);
    });

    test('keeps the names of its rows in sight while it scrolls on a phone', async () => {
      await show(sweep, { viewport: { width: 360, height: 740 } });
      const { scrolled, names, hidden } = await page.evaluate(namesInSight);
      expect(scrolled).toBeGreaterThan(50);
      expect(names).toBeGreaterThan(2);
      expect(hidden).toEqual([]);
    });
  });

  describe('without what lies beside it', () => {
    test('the page says which file is missing', async () => {
      const alone = join(folder, 'alone.html');
      cpSync(fileOf('plain'), alone);
      open = await openFile(browser, alone);
      page = open.page;
      await charts();
      await page.locator('#trials > summary').click();
      await page.getByRole('alert').filter({ hasText: 'report/trials.js could not be read.' }).waitFor();
      // What the browser itself says of the missing file and pictures.
      expect(open.problems.filter((problem) => !problem.includes('ERR_FILE_NOT_FOUND'))).toEqual([]);
      open.problems.length = 0;
    });
  });

  describe('of all sweeps', () => {
    test.each([360, 1280])(
      'shows every sweep’s card with its picture at %d pixels, and leads to its page',
      async (width) => {
        open = await openFile(browser, join(folder, 'out', 'index.html'), { viewport: { width, height: 900 } });
        page = open.page;
        expect(await page.locator('.card h3').allTextContents()).toEqual([real, 'hostile', 'plain', largest]);
        expect(await page.locator('.badge').count()).toBe(1);
        expect(await page.evaluate(accessibilityProblems)).toEqual([]);
        expect(await page.evaluate(contrastProblems)).toEqual([]);
        expect(await page.evaluate(sidewaysOverflow)).toBeLessThanOrEqual(0);
        for (const picture of await page.locator('.picture img').all()) {
          await picture.scrollIntoViewIfNeeded();
          await picture.evaluate((image) => (image as HTMLImageElement).decode());
        }
        await page.screenshot({ path: join(pictures, `index-${width}.png`), fullPage: true });
        await page.getByRole('link', { name: 'plain' }).press('Enter');
        await page.waitForURL(/plain\/report\.html$/);
        await page.getByRole('link', { name: 'All sweeps' }).press('Enter');
        await page.waitForURL(/index\.html$/);
      },
    );
  });

  test('the theme follows the system until the button is pressed', async () => {
    await show(real, { colorScheme: 'dark' });
    const button = page.getByRole('button', { name: 'Dark theme' });
    const dark = await page.evaluate(backgroundOfBody);
    expect(await button.getAttribute('aria-pressed')).toBe('true');
    await button.press('Space');
    await eventually(() => button.getAttribute('aria-pressed'), 'false');
    expect(await page.evaluate(backgroundOfBody)).not.toBe(dark);
    await page.reload();
    await eventually(() => page.evaluate(backgroundOfBody), dark);
  });

  test('a point tells its numbers when hovered', async () => {
    await show('plain');
    await charts();
    await page.locator('figure.chart .live svg .mark-symbol path[aria-label*="mean"]').first().hover();
    await page.locator('#vg-tooltip-element.visible').waitFor();
    expect(await page.locator('#vg-tooltip-element').textContent()).toMatch(/row.*mean.*95 % interval from/);
  });

  test('markup in results is text', async () => {
    await show('hostile');
    await charts();
    expect(await page.title()).toBe('hostile – LoMAP sweep report');
    expect(await page.locator('main img[src="x"]').count()).toBe(0);
    expect(await page.locator('.description').textContent()).toBe(`${SCRIPT}${IMAGE}`);
    expect(await page.locator('.findings h3').allTextContents()).toEqual([
      `${SCRIPT} against LoRA`,
      `${IMAGE} against LoRA`,
    ]);
    await openTrial();
    await eventually(() => page.locator('details.trial[open] .notes li').allTextContents(), [IMAGE, `note ${SCRIPT}`]);
    await page
      .locator('figure.chart .live svg .mark-symbol path[aria-label*="<img"][aria-label*="mean"]')
      .first()
      .hover();
    await page.locator('#vg-tooltip-element.visible').waitFor();
    expect(await page.locator('#vg-tooltip-element').textContent()).toContain(IMAGE);
    await eventually(() => page.locator('img[src="x"]').count(), 0);
  });
});
