/**
 * The project that a service account is in, by the form of its e-mail (cloud.google.com/iam/docs/service-account-types):
 * an ID, or the number for Compute Engine's default account. Undefined for forms that name no project.
 */
export function projectOf(email: string): string | undefined {
  const [name = '', domain = ''] = email.split('@');
  const [, project] = /^(.+)\.iam\.gserviceaccount\.com$/.exec(domain) ?? [];
  if (project !== undefined) return domainScoped(project);
  if (domain === 'appspot.gserviceaccount.com') return name;
  if (domain === 'developer.gserviceaccount.com') return /^(\d+)-compute$/.exec(name)?.[1];
  return undefined;
}

/** `example.com:project` is written `project.example.com` in an e-mail. */
function domainScoped(project: string): string {
  const dot = project.indexOf('.');
  return dot === -1 ? project : `${project.slice(dot + 1)}:${project.slice(0, dot)}`;
}
