'use client';

import { ThemeProvider as NextThemes } from 'next-themes';
import { type ReactNode, useState } from 'react';

interface ThemeProviderProps {
  /** The nonce of this request's content security policy, for the script that sets the class before the first paint. */
  nonce: string | undefined;
  children: ReactNode;
}

export function ThemeProvider({ nonce, children }: ThemeProviderProps) {
  // The document's policy keeps its nonce; a root layout that an action renewed comes with that of another request.
  const [first] = useState(nonce);
  return (
    <NextThemes
      attribute="class"
      defaultTheme="system"
      enableSystem
      disableTransitionOnChange
      {...(first && { nonce: first, scriptProps: { nonce: first } })}
    >
      {children}
    </NextThemes>
  );
}
