/** One element of DER: where it starts, where its content starts, and where it ends (X.690 section 8.1). */
interface DerElement {
  tag: number;
  start: number;
  content: number;
  end: number;
}

const sequenceTag = 0x30;
const integerTag = 0x02;

/** The element at `offset`, or null where the bytes hold none. */
function readElement(bytes: Uint8Array, offset: number): DerElement | null {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) return null;
  let content = offset + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4) return null;
    length = 0;
    for (let index = 0; index < count; index++) length = length * 256 + (bytes[content + index] ?? 0);
    content += count;
  }
  const end = content + length;
  return end <= bytes.length ? { tag, start: offset, content, end } : null;
}

/** The elements inside a constructed one, in order. */
function readChildren(bytes: Uint8Array, parent: DerElement): DerElement[] {
  const children: DerElement[] = [];
  for (let offset = parent.content; offset < parent.end; ) {
    const child = readElement(bytes, offset);
    if (child === null || child.end > parent.end) return children;
    children.push(child);
    offset = child.end;
  }
  return children;
}

/** The subjectPublicKeyInfo of an X.509 certificate (RFC 5280 section 4.1), or null. */
export function publicKeyOfCertificate(bytes: Uint8Array): Uint8Array<ArrayBuffer> | null {
  const certificate = readElement(bytes, 0);
  const body = certificate && readElement(bytes, certificate.content);
  if (!body) return null;
  // The only SEQUENCE there that holds a SEQUENCE and a BIT STRING, whether or not a version comes first.
  for (const child of readChildren(bytes, body)) {
    const [algorithm, key] = child.tag === sequenceTag ? readChildren(bytes, child) : [];
    if (algorithm?.tag === sequenceTag && key?.tag === 0x03) return bytes.slice(child.start, child.end);
  }
  return null;
}

const rsaAlgorithm = [
  0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];

/** A PKCS #1 public key ("BEGIN RSA PUBLIC KEY") wrapped as subjectPublicKeyInfo. */
export function wrapRsaPublicKey(pkcs1: Uint8Array): Uint8Array<ArrayBuffer> {
  const bits = encode(0x03, Uint8Array.of(0, ...pkcs1));
  return encode(sequenceTag, Uint8Array.of(...rsaAlgorithm, ...bits));
}

function encode(tag: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Uint8Array.of(tag, ...size, ...content);
}

/**
 * An ECDSA signature in DER turned into the fixed-width form of JWS (RFC 7518 section 3.4), or null where the
 * bytes are none.
 */
export function ecdsaFromDer(bytes: Uint8Array, coordinateSize: number): Uint8Array<ArrayBuffer> | null {
  const sequence = readElement(bytes, 0);
  if (sequence?.tag !== sequenceTag || sequence.end !== bytes.length) return null;
  const numbers = readChildren(bytes, sequence);
  if (numbers.length !== 2) return null;
  const fixed = new Uint8Array(coordinateSize * 2);
  for (const [index, number] of numbers.entries()) {
    const digits = trimZeros(bytes.subarray(number.content, number.end));
    if (number.tag !== integerTag || digits.length > coordinateSize) return null;
    fixed.set(digits, (index + 1) * coordinateSize - digits.length);
  }
  return fixed;
}

function trimZeros(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length && bytes[start] === 0) start++;
  return bytes.subarray(start);
}
