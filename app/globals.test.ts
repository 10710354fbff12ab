import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Linear sRGB of an oklch colour, by the matrices of CSS Color 4 (https://www.w3.org/TR/css-color-4/#color-conversion-code). */
function linearRgb(lightness: number, chroma: number, hue: number): [number, number, number] {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

function luminance(color: [number, number, number]): number {
  const [r, g, b] = color.map((part) => Math.min(1, Math.max(0, part))) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const css = readFileSync(new URL('./globals.css', import.meta.url), 'utf8');

function theme(selector: string): Map<string, number> {
  const block = css.slice(css.indexOf(`${selector} {`));
  const body = block.slice(0, block.indexOf('\n}'));
  const colors = new Map<string, number>();
  for (const [, name, l, c, h] of body.matchAll(/--([\w-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/g)) {
    colors.set(name!, luminance(linearRgb(Number(l), Number(c), Number(h))));
  }
  return colors;
}

function contrast(colors: Map<string, number>, one: string, two: string): number {
  const [high, low] = [colors.get(one)!, colors.get(two)!].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const TONES = ['neutral', 'blue', 'teal', 'green', 'amber', 'orange', 'red', 'violet'];
const SURFACES = ['background', 'card', 'popover', 'muted', 'hover'];

describe.each([
  ['light', ':root'],
  ['dark', '.dark'],
])('B12: the %s theme', (_, selector) => {
  const colors = theme(selector);

  it.each([
    ...SURFACES.flatMap((surface) => [
      ['foreground', surface],
      ['muted-foreground', surface],
      ['primary-text', surface],
    ]),
    ['primary-foreground', 'primary'],
    ['primary-foreground', 'primary-hover'],
    ['danger-foreground', 'danger'],
    ['danger-foreground', 'danger-hover'],
    ['background', 'foreground'],
    ...TONES.flatMap((tone) => [
      [`tone-${tone}`, `tone-${tone}-soft`],
      [`tone-${tone}`, 'card'],
      ['foreground', `tone-${tone}-soft`],
    ]),
  ] as [string, string][])('text in %s on %s has 4.5:1', (text, surface) => {
    expect(contrast(colors, text, surface)).toBeGreaterThanOrEqual(4.5);
  });

  it.each([
    ...['background', 'card', 'popover', 'muted'].flatMap((surface) => [
      ['input', surface],
      ['ring', surface],
    ]),
    ['ring', 'hover'],
    ['primary', 'background'],
    ['primary', 'card'],
  ] as [string, string][])('the edge %s on %s has 3:1', (edge, surface) => {
    expect(contrast(colors, edge, surface)).toBeGreaterThanOrEqual(3);
  });
});
