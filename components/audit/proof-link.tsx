import { Download } from 'lucide-react';
import { buttonVariants } from '../ui/button';

/** The inclusion proof as a file. A plain link: a Link would fetch it before anybody wants it. */
export function ProofLink({ id }: { id: string }) {
  return (
    <a href={`/api/v1/audit-events/${encodeURIComponent(id)}/proof`} className={buttonVariants()} download>
      <Download aria-hidden />
      Download the proof
    </a>
  );
}
