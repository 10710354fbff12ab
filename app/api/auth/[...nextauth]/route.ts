import NextAuth from 'next-auth';
import { authOptions } from '@/app/auth-options';

interface RouteContext {
  params: Promise<{ nextauth: string[] }>;
}

/** next-auth's own endpoints: single sign-on, its callback, and signing in by other programs. */
function handler(request: Request, context: RouteContext): Promise<Response> {
  return NextAuth(authOptions())(request, context);
}

export { handler as GET, handler as POST };
