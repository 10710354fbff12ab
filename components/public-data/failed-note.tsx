import { formatCount } from '@/lib/platform/format';
import { Callout } from '../ui/callout';
import { LinkButton } from '../ui/link-button';
import { TRANSCRIPTS_PATH } from './public-data-href';

/** What could not be deleted stands here until it is gone. */
export function FailedNote({ files }: { files: number }) {
  if (files === 0) return null;
  return (
    <Callout
      kind="warning"
      title={`${formatCount(files, 'file')} could not be deleted`}
      actions={
        <LinkButton href={`${TRANSCRIPTS_PATH}?failing=yes`} size="sm">
          Show the transcripts
        </LinkButton>
      }
    >
      {files === 1 ? 'It is' : 'They are'} tried again. Until {files === 1 ? 'it is' : 'they are'} gone, all
      rows that {files === 1 ? 'it belongs' : 'they belong'} to stay.
    </Callout>
  );
}
