'use client';

import './globals.css';
import { Failure, type FailureProps } from '@/components/shell/failure';

/** Takes the place of the whole document when the root layout itself fails. */
export default function GlobalError(props: FailureProps) {
  return (
    <html lang="en">
      <body>
        <title>Something went wrong · Lapse</title>
        <main className="mx-auto max-w-2xl px-4 py-16">
          <Failure {...props} />
        </main>
      </body>
    </html>
  );
}
