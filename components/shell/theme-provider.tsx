'use client';

import { ThemeProvider as NextThemes } from 'next-themes';
import type { ReactNode } from 'react';

interface ThemeProviderProps {
  /** The nonce of this request's content security policy, for the script that sets the class before the first paint. */
  nonce: string | undefined;
  children: ReactNode;
}

export function ThemeProvider({ nonce, children }: ThemeProviderProps) {
  return (
    <NextThemes
      attribute="class"
      defaultTheme="system"
      enableSystem
      disableTransitionOnChange
      {...(nonce && { nonce, scriptProps: { nonce } })}
    >
      {children}
    </NextThemes>
  );
}
