/**
 * The HTML report as a reader has it: a file, opened in Chromium without a network. REPORT_SCREENSHOTS names a folder
 * for pictures of it.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { report } from '@lomap/report';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { inCi, needs } from '../needs/needs.ts';
import { findChromium, launch, openFile, type OpenPage } from './browser.ts';
import { accessibilityProblems, backgroundOfBody, contrastProblems, sidewaysOverflow } from './in-page.ts';
import { hostileSweep, IMAGE, plainSweep, SCRIPT, writeSweep } from './sweeps.ts';

const executable = findChromium();
const withBrowser = needs(executable === null ? 'no Chromium; CHROMIUM may name one' : null, inCi);

const folder = mkdtempSync(join(tmpdir(), 'lomap-report-page-'));
const pictures = process.env['REPORT_SCREENSHOTS'] ?? join(folder, 'pictures');
const real = 'ablation-magnitude';
const fileOf = (sweep: string): string => join(folder, 'out', sweep, 'report.html');

withBrowser.describe('the HTML report', () => {
  let browser: Browser;
  let open: OpenPage;
  let page: Page;

  beforeAll(async () => {
    const results = join(folder, 'results');
    await writeSweep(join(results, 'plain'), plainSweep());
    await writeSweep(join(results, 'hostile'), hostileSweep());
    cpSync(fileURLToPath(new URL(`../../results/${real}`, import.meta.url)), join(results, real), { recursive: true });
    const descriptions = new Map([['hostile', `${SCRIPT}${IMAGE}`]]);
    await report({ resultsDirectory: results, outputDirectory: join(folder, 'out'), descriptions });
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

      await page.getByRole('button', { name: 'Dark theme' }).click();
      await page.waitForTimeout(500);
      await charts();
      expect(await page.evaluate(contrastProblems)).toEqual([]);
      await page.screenshot({ path: join(pictures, `${sweep}-dark.png`), fullPage: true });
      expect(await page.evaluate(sidewaysOverflow)).toBeLessThanOrEqual(0);
    });

    test('fits a window of 360 pixels', async () => {
      await show(sweep, { viewport: { width: 360, height: 740 } });
      await charts();
      await page.locator('details.trial summary').first().click();
      await page.locator('details.trial[open] .live svg .mark-line path').first().waitFor();
      expect(await page.evaluate(sidewaysOverflow)).toBeLessThanOrEqual(0);
      await page.screenshot({ path: join(pictures, `${sweep}-narrow.png`), fullPage: true });
    });

    test('without script shows tables, drawings and curves', async () => {
      await show(sweep, { javaScriptEnabled: false });
      expect(await page.locator('figure.chart img.static:visible').count()).toBe(
        await page.locator('figure.chart').count(),
      );
      expect(await page.locator('button:visible').count()).toBe(0);
      expect(await page.locator('main table:visible').count()).toBeGreaterThan(3);
      await page.locator('details.trial summary').first().click();
      expect(await page.locator('details.trial[open] svg.drawing polyline').isVisible()).toBe(true);
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
      expect(await heads.nth(1).getAttribute('aria-sort')).toBe('ascending');
      expect(numbers(await differences())).toEqual(ascending);
      await button.press('Enter');
      expect(await heads.nth(1).getAttribute('aria-sort')).toBe('descending');
      expect(numbers(await differences())).toEqual([...ascending].reverse());

      await heads.nth(0).getByRole('button').press('Space');
      expect(await heads.nth(0).getAttribute('aria-sort')).toBe('ascending');
      expect(await heads.nth(1).getAttribute('aria-sort')).toBeNull();
      await heads.nth(0).getByRole('button').press('Enter');
      await heads.nth(0).getByRole('button').press('Enter');
      expect(await heads.nth(0).getAttribute('aria-sort')).toBeNull();
      expect(await differences()).toEqual(original);
    });

    test('the skip link comes first, and a trial opens with its chart', async () => {
      await page.keyboard.press('Tab');
      expect(await page.locator(':focus').textContent()).toBe('Skip to the findings');
      await page.keyboard.press('Enter');
      expect(await page.locator('main:focus').count()).toBe(1);

      const trial = page.locator('details.trial').nth(2);
      expect(await trial.locator('.live svg').count()).toBe(0);
      await trial.locator('summary').press('Enter');
      await trial.locator('.live svg .mark-line path').first().waitFor();
      expect(await trial.locator('svg.drawing').isVisible()).toBe(false);
      expect(await trial.getByRole('table', { name: 'Provenance' }).isVisible()).toBe(true);
      expect(await page.evaluate(accessibilityProblems)).toEqual([]);
    });

    test('a trial’s link opens it, and words leave the trials that have them', async () => {
      const link = page.locator('tr[data-row] a').nth(3);
      const name = (await link.textContent())!;
      await link.press('Enter');
      expect(await page.locator('details.trial[open] .name').allTextContents()).toEqual([name]);
      expect(await page.locator('summary:focus .name').textContent()).toBe(name);

      await page.getByLabel('Show trials with').fill('frozen seed 2');
      expect(await page.locator('details.trial:visible .name').allTextContents()).toEqual(['frozen on STS-B, seed 2']);
      expect(await page.getByRole('status').textContent()).toBe('1 of 12 trials');
    });
  });

  test('the theme follows the system until the button is pressed', async () => {
    await show(real, { colorScheme: 'dark' });
    const button = page.getByRole('button', { name: 'Dark theme' });
    const dark = await page.evaluate(backgroundOfBody);
    expect(await button.getAttribute('aria-pressed')).toBe('true');
    await button.press('Space');
    expect(await button.getAttribute('aria-pressed')).toBe('false');
    expect(await page.evaluate(backgroundOfBody)).not.toBe(dark);
    await page.reload();
    expect(await page.evaluate(backgroundOfBody)).toBe(dark);
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
    await page.locator('details.trial summary').first().click();
    expect(await page.locator('details.trial[open] .notes li').allTextContents()).toEqual([IMAGE, `note ${SCRIPT}`]);
    await page
      .locator('figure.chart .live svg .mark-symbol path[aria-label*="<img"][aria-label*="mean"]')
      .first()
      .hover();
    await page.locator('#vg-tooltip-element.visible').waitFor();
    expect(await page.locator('#vg-tooltip-element').textContent()).toContain(IMAGE);
    expect(await page.locator('img[src="x"]').count()).toBe(0);
  });
});
