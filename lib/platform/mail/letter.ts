import type { MailMessage } from './mailer';

/** A mail of some paragraphs and at most one link, as plain text and as HTML. */
export interface Letter {
  /** The paragraphs, each without line feeds of its own. */
  paragraphs: readonly string[];
  /** Where the reader can do something about it; `text` leads to it. */
  link?: { text: string; href: string };
  /** Why the reader gets it. */
  footer: string;
}

export function composeLetter({ paragraphs, link, footer }: Letter): Pick<MailMessage, 'text' | 'html'> {
  const linkText = link ? [`${link.text}\n${link.href}`] : [];
  return {
    text: `${[...paragraphs, ...linkText, footer].join('\n\n')}\n`,
    html: [
      '<!doctype html><html lang="en"><head><meta charset="utf-8"></head>',
      '<body style="font-family:system-ui,sans-serif;line-height:1.5;max-width:36em">',
      ...paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`),
      ...(link
        ? [
            `<p>${escapeHtml(link.text)}<br><a href="${escapeHtml(link.href)}">${escapeHtml(link.href)}</a></p>`,
          ]
        : []),
      `<p style="color:#666">${escapeHtml(footer)}</p>`,
      '</body></html>',
    ].join('\n'),
  };
}

/** Control characters, line and paragraph separators become spaces: a title can neither add a header nor fake a line. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
