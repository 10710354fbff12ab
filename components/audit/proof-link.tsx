import { Download } from 'lucide-react';
import { buttonVariants } from '../ui/button';

/** The inclusion proof as a file. A plain link: a Link would fetch it before anybody wants it. */
export function ProofLink({ event: { id, timeStarted } }: { event: { id: string; timeStarted: string } }) {
  const started = encodeURIComponent(timeStarted);
  return (
    <a
      href={`/api/v1/audit-events/${encodeURIComponent(id)}/proof?time_started=${started}`}
      className={buttonVariants()}
      download
    >
      <Download aria-hidden />
      Download the proof
    </a>
  );
}
