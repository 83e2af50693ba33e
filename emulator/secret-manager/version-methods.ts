import { ApiError, invalidArgument } from '../http/api-error.ts';
import { parseMessage } from '../http/message.ts';
import { cutPage } from '../http/page.ts';
import { type Answer, json } from '../http/route.ts';
import type { Context, SecretMethod } from './context.ts';
import { crc32c } from './crc32c.ts';
import type { State, Version } from './secret.ts';
import { refuseFilter } from './secret-methods.ts';
import { versionToJson } from './to-json.ts';

/** "Payload ≤ 64 KiB" (quotas); the text of the refusal is not documented. */
const maxPayloadBytes = 65_536;

const pageSizes = { defaultSize: 25_000, maxSize: 25_000 };

const payloadShape = { payload: { data: 'bytes', dataCrc32c: 'int64' } } as const;

/** Stores a payload as the next version. A checksum that does not fit the data is refused, and nothing is stored. */
export function addVersion(context: Context): Answer {
  const { secrets, request, id } = context;
  const { payload } = parseMessage(payloadShape, request.body);
  secrets.get(id);
  if (!payload?.data) throw invalidArgument('Field [payload] is required.');
  const { data, dataCrc32c } = payload;
  if (data.length > maxPayloadBytes) {
    throw invalidArgument(
      `The secret payload is ${data.length} bytes; it must not be larger than ${maxPayloadBytes} bytes.`,
    );
  }
  const checksum = crc32c(data);
  if (dataCrc32c !== undefined && dataCrc32c !== checksum) {
    throw invalidArgument('The payload data does not match its checksum [payload.data_crc32c].');
  }
  const clientSpecifiedPayloadChecksum = dataCrc32c !== undefined;
  return answer(
    context,
    secrets.addVersion(id, { data, dataCrc32c: checksum, clientSpecifiedPayloadChecksum }),
  );
}

export function getVersion(context: Context): Answer {
  return answer(context, resolve(context));
}

export function listVersions({ secrets, request: { query }, id }: Context): Answer {
  refuseFilter(query);
  const all = secrets.listVersions(id);
  const key = ({ number }: Version) => String(number);
  const { items, nextPageToken } = cutPage(all, query, { key, ...pageSizes });
  return json({
    ...(items.length > 0 && {
      versions: items.map((version) => versionToJson(version, secrets.nameOf(id), query)),
    }),
    ...(nextPageToken !== undefined && { nextPageToken }),
    totalSize: all.length,
  });
}

/** The payload of an enabled version, with the checksum of its data. */
export function accessVersion(context: Context): Answer {
  const { secrets, id } = context;
  const { number, state, data, dataCrc32c } = resolve(context);
  const name = `${secrets.nameOf(id)}/versions/${number}`;
  if (state !== 'ENABLED')
    throw new ApiError('FAILED_PRECONDITION', `Secret Version [${name}] is in ${state} state.`);
  return json({ name, payload: { data: data.toString('base64'), dataCrc32c: String(dataCrc32c) } });
}

/** The method that brings a version into a state. It takes a number alone: aliases are for reading (resources.proto). */
export function changeState(state: State): SecretMethod {
  return (context) => {
    const { secrets, request, id } = context;
    const { etag } = parseMessage({ etag: 'string' }, request.body);
    const reference = request.params.version ?? '';
    if (!/^\d{1,15}$/.test(reference)) throw invalidArgument('The version must be given by its number.');
    return answer(context, secrets.setState(id, Number(reference), state, etag));
  };
}

function resolve({ secrets, request, id }: Context): Version {
  return secrets.resolveVersion(id, request.params.version ?? '');
}

function answer({ secrets, request, id }: Context, version: Version): Answer {
  return json(versionToJson(version, secrets.nameOf(id), request.query));
}
