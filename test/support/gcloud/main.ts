import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { RecordingGcloud } from './recording-gcloud.ts';

/** The recording gcloud as a command: its project and its calls are kept in the file that FAKE_GCLOUD_FILE names. */
const file = process.env.FAKE_GCLOUD_FILE ?? '';
const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { state: undefined, calls: [] };
const fake = new RecordingGcloud(kept.state);
const words = process.argv.slice(2);
const reads = words.includes('--data-file=-');
const { status, stdout, stderr } = fake.run(words, reads ? readFileSync(0, 'utf8') : undefined);
writeFileSync(file, JSON.stringify({ state: fake.state, calls: [...kept.calls, ...fake.calls] }));
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = status;
