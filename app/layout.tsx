import './globals.css';
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { HydrationMark } from '@/components/shell/hydration-mark';
import { StyleNonce } from '@/components/shell/style-nonce';
import { ThemeProvider } from '@/components/shell/theme-provider';
import { Toaster } from '@/components/ui/toaster';

export const metadata: Metadata = {
  title: { default: 'Lapse', template: '%s · Lapse' },
  description: 'Data lapses only with its owner’s consent.',
  robots: { index: false, follow: false },
};

export const viewport: Viewport = {
  colorScheme: 'light dark',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f9fafb' },
    { media: '(prefers-color-scheme: dark)', color: '#0e1014' },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Reading it makes every page dynamic, which a nonce for each request needs.
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  return (
    // The class of the theme is set before React starts, so the attributes differ from what the server sent.
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`} suppressHydrationWarning>
      <body className="font-sans">
        <ThemeProvider nonce={nonce}>
          {children}
          <Toaster />
        </ThemeProvider>
        <StyleNonce nonce={nonce} />
        <HydrationMark />
      </body>
    </html>
  );
}
