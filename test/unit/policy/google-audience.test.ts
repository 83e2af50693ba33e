import { expect, test } from 'vitest';
import { ownerOf } from '../../../functions/policy/google-audience.ts';

test.each([
  ['https://reports.example.com', 'other'],
  ['https://reports.example.com/googleapis.com', 'other'],
  ['https://googleapis.com.example.com', 'other'],
  ['partner-api', 'other'],
  ['123-abc.apps.googleusercontent.com', 'other'],
  ['https://service-abc.run.app', 'other'],
  ['https://firestore.googleapis.com/', 'google'],
  ['https://FIRESTORE.googleapis.com/', 'google'],
  ['firestore.googleapis.com', 'google'],
  ['firestore.googleapis.com.', 'google'],
  ['https://docs.google.com/x', 'google'],
  ['google.com', 'google'],
  ['urn:partner', 'google'],
  ['//reports.example.com', 'google'],
  ['a@example.com', 'google'],
  ['https://iam.googleapis.com/', 'forbidden'],
  ['//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x', 'forbidden'],
  ['oauth2.googleapis.com.', 'forbidden'],
  ['a@oauth2.googleapis.com', 'forbidden'],
  ['https://oauth2.googleapis.com/token', 'forbidden'],
  ['https://www.googleapis.com/oauth2/v4/token', 'forbidden'],
  ['https://accounts.google.com/o/oauth2/token', 'forbidden'],
  ['https://us-central1-run.googleapis.com/', 'forbidden'],
  ['https://iam.mtls.googleapis.com/', 'forbidden'],
  ['https://secretmanager.us-east1.rep.googleapis.com/', 'forbidden'],
  ['https://user:pw@pubsub.googleapis.com:443/', 'forbidden'],
  ['https:\\\\sts.googleapis.com', 'forbidden'],
] as const)('%s is %s', (audience, owner) => {
  expect(ownerOf(audience)).toBe(owner);
});
