'use client';

declare global {
  interface Window {
    /** Where the libraries below Radix look for a nonce (the package get-nonce). */
    __webpack_nonce__?: string;
  }
}

/**
 * Gives the request's nonce to the libraries that insert a style element at run time, such as the scroll lock of dialogs;
 * without it the content security policy refuses their styles.
 */
export function StyleNonce({ nonce }: { nonce: string | undefined }) {
  if (typeof window !== 'undefined' && nonce) window.__webpack_nonce__ = nonce;
  return null;
}
