/** The people and host teams of the demo. Passwords are fixed and printed: a demo has no secrets. */

export interface DemoPerson {
  id: number;
  username: string;
  displayName: string;
  role: 'host' | 'admin' | 'auditor';
  timeZone: string;
  disabledDaysAgo?: number;
  /** What signing in as this person shows. */
  what: string;
}

export const DEMO_PEOPLE = [
  {
    id: 1,
    username: 'ada',
    displayName: 'Ada Brandt',
    role: 'admin',
    timeZone: 'Europe/Berlin',
    what: 'admin: previews and runs cleanups, sets holds and overrides',
  },
  {
    id: 2,
    username: 'viktor',
    displayName: 'Viktor Lindqvist',
    role: 'admin',
    timeZone: 'Europe/Stockholm',
    what: 'a second admin',
  },
  {
    id: 3,
    username: 'otto',
    displayName: 'Otto Reyes',
    role: 'auditor',
    timeZone: 'America/New_York',
    what: 'auditor: reads everything, changes nothing',
  },
  {
    id: 4,
    username: 'hanna',
    displayName: 'Hanna Okafor',
    role: 'host',
    timeZone: 'Europe/Zurich',
    what: 'host of two teams: start with "Crop Disease Detection 2026", which waits for consent',
  },
  {
    id: 5,
    username: 'marek',
    displayName: 'Marek Dvorak',
    role: 'host',
    timeZone: 'Europe/Prague',
    what: 'host of the language challenges',
  },
  {
    id: 6,
    username: 'lucia',
    displayName: 'Lucía Navarro',
    role: 'host',
    timeZone: 'America/Bogota',
    what: 'host of the robotics challenges, some of them under a hold',
  },
  {
    id: 7,
    username: 'yuki',
    displayName: 'Yuki Tanaka',
    role: 'host',
    timeZone: 'Asia/Tokyo',
    what: 'host of the climate challenges, most of them paused or blocked',
  },
  {
    id: 8,
    username: 'jonas',
    displayName: 'Jonas Weber',
    role: 'host',
    timeZone: 'Europe/Berlin',
    what: 'team member who may read: sees the challenges, but may not consent',
  },
  {
    id: 9,
    username: 'priya',
    displayName: 'Priya Raman',
    role: 'host',
    timeZone: 'Asia/Kolkata',
    what: 'invited and not accepted yet: sees no challenge',
  },
  {
    id: 10,
    username: 'tomas',
    displayName: 'Tomás Ibarra',
    role: 'host',
    timeZone: 'America/Bogota',
    disabledDaysAgo: 33,
    what: 'disabled account: cannot sign in',
  },
] as const satisfies DemoPerson[];

export type DemoUsername = (typeof DEMO_PEOPLE)[number]['username'];

export const demoPassword = (username: string) => `lapse-demo-${username}`;
export const demoEmail = (username: string) => `${username}@lapse-demo.example`;

export const DEMO_TEAMS = [
  { id: 1, teamName: 'Riverside Vision Lab', createdBy: 'hanna' },
  { id: 2, teamName: 'Polar Language Group', createdBy: 'marek' },
  { id: 3, teamName: 'Open Robotics Collective', createdBy: 'lucia' },
  { id: 4, teamName: 'Harbour Climate Institute', createdBy: 'yuki' },
] as const satisfies { id: number; teamName: string; createdBy: DemoUsername }[];

export type DemoTeam = (typeof DEMO_TEAMS)[number]['teamName'];

interface DemoMember {
  team: DemoTeam;
  username: DemoUsername;
  status: 'Accepted' | 'Denied' | 'Pending' | 'Self' | 'Unknown';
  permission: 'Admin' | 'Write' | 'Read' | 'Restricted';
}

/** Every status and every permission occurs; only Accepted or Self with Admin or Write may consent (E3). */
export const DEMO_MEMBERS: readonly DemoMember[] = [
  { team: 'Riverside Vision Lab', username: 'hanna', status: 'Self', permission: 'Admin' },
  { team: 'Riverside Vision Lab', username: 'jonas', status: 'Accepted', permission: 'Read' },
  { team: 'Riverside Vision Lab', username: 'priya', status: 'Pending', permission: 'Write' },
  { team: 'Polar Language Group', username: 'marek', status: 'Self', permission: 'Admin' },
  { team: 'Polar Language Group', username: 'hanna', status: 'Accepted', permission: 'Write' },
  { team: 'Polar Language Group', username: 'priya', status: 'Unknown', permission: 'Write' },
  { team: 'Open Robotics Collective', username: 'lucia', status: 'Self', permission: 'Admin' },
  { team: 'Open Robotics Collective', username: 'tomas', status: 'Accepted', permission: 'Admin' },
  { team: 'Open Robotics Collective', username: 'jonas', status: 'Accepted', permission: 'Restricted' },
  { team: 'Harbour Climate Institute', username: 'yuki', status: 'Self', permission: 'Admin' },
  { team: 'Harbour Climate Institute', username: 'lucia', status: 'Accepted', permission: 'Write' },
  { team: 'Harbour Climate Institute', username: 'jonas', status: 'Denied', permission: 'Write' },
];

export function personByName(username: string): DemoPerson {
  const person = DEMO_PEOPLE.find((candidate) => candidate.username === username);
  if (!person) throw new Error(`the demo has nobody called ${username}`);
  return person;
}

/** The members of a team who may consent, and so are sent its notices. */
export function consentingMembers(team: string): DemoPerson[] {
  return DEMO_MEMBERS.filter(
    (member) =>
      member.team === team &&
      (member.status === 'Self' || member.status === 'Accepted') &&
      (member.permission === 'Admin' || member.permission === 'Write'),
  ).map((member) => personByName(member.username));
}
