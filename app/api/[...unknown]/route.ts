import { notFound } from '@/lib/platform/errors';
import { problemOf } from '../problem';

/** An API address that does not exist is answered like every other API error, not with a page. */
function answerUnknown(request: Request): Response {
  return problemOf(notFound(`There is no ${new URL(request.url).pathname} here.`));
}

export {
  answerUnknown as DELETE,
  answerUnknown as GET,
  answerUnknown as PATCH,
  answerUnknown as POST,
  answerUnknown as PUT,
};
