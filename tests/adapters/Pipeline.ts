import { connect, type Socket } from 'node:net';

/** What came back for one request. */
export interface Reply {
  readonly target: string;
  /** 0 where the server closed the connection without an answer. */
  readonly status: number;
  readonly text: string;
}

const perBatch = 64;

/**
 * Sends `GET` requests for raw targets over keep-alive connections, many at once on each. A server that cannot read
 * one of them closes the connection, and answers to others are lost: the batch is then sent again in halves, until each
 * target has the answer that it gets alone.
 */
export class Pipeline {
  readonly #port: number;
  #connection: Connection | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  async send(targets: readonly string[]): Promise<Reply[]> {
    const readable = targets.filter(target => isReadable(target));
    const replies: Reply[] = [];
    for (let start = 0; start < readable.length; start += perBatch) {
      replies.push(...(await this.#answersTo(readable.slice(start, start + perBatch))));
    }
    for (const target of targets.filter(one => !isReadable(one))) {
      replies.push(...(await this.#answersTo([target])));
    }
    return replies;
  }

  close(): void {
    this.#connection?.socket.destroy();
  }

  async #answersTo(targets: readonly string[]): Promise<Reply[]> {
    const replies = await this.#exchange(targets);
    if (replies) return replies;
    const [target = '', ...others] = targets;
    if (others.length === 0) return [{ target, status: 0, text: '' }];
    const half = Math.ceil(targets.length / 2);
    return [
      ...(await this.#answersTo(targets.slice(0, half))),
      ...(await this.#answersTo(targets.slice(half))),
    ];
  }

  /** Undefined where the connection was closed before each of several targets had its answer. */
  async #exchange(targets: readonly string[]): Promise<Reply[] | undefined> {
    if (!this.#connection || this.#connection.isClosed) {
      this.#connection = new Connection(this.#port);
    }
    const connection = this.#connection;
    const answers = await connection.send(targets.map(writeRequest).join(''), targets.length);
    if (answers.length < targets.length || (connection.isClosed && targets.length > 1)) {
      return undefined;
    }
    return targets.map((target, index) => ({ target, ...answers[index]! }));
  }
}

/** What a parser of HTTP takes for a target, as far as that is known: such targets may share a batch. */
function isReadable(target: string): boolean {
  return /^(\/|http:)[\x21-\x7e]*$/.test(target);
}

function writeRequest(target: string): string {
  return `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** One connection, on which answers come in the order of the requests. */
class Connection {
  readonly socket: Socket;
  isClosed = false;
  #isClosing = false;
  #received = '';
  #answers: Answer[] = [];
  #wanted = 0;
  #done: () => void = () => undefined;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1').setEncoding('latin1').setNoDelay();
    this.socket.on('data', text => this.#take(String(text)));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.isClosed = true;
      this.#done();
    });
  }

  /** Resolves when so many answers are there, or the connection has ended. */
  async send(requests: string, count: number): Promise<Answer[]> {
    this.#answers = [];
    this.#wanted = count;
    await new Promise<void>(resolve => {
      this.#done = resolve;
      this.socket.write(requests, 'latin1');
    });
    if (this.#isClosing && !this.isClosed) {
      await new Promise(resolve => this.socket.once('close', resolve));
    }
    return this.#answers;
  }

  #take(text: string): void {
    this.#received += text;
    for (;;) {
      const end = this.#received.indexOf('\r\n\r\n');
      if (end === -1) return;
      const head = this.#received.slice(0, end);
      this.#isClosing ||= /^connection: close/im.test(head);
      const body = readBody(head, this.#received, end + 4);
      if (!body) return;
      const answer = { status: Number(head.slice(9, 12)), text: body.text };
      this.#received = this.#received.slice(body.end);
      this.#answers.push(answer);
      if (this.#answers.length === this.#wanted) this.#done();
    }
  }
}

/** Returns the body that begins there, and where it ends; undefined while it is not all there. */
function readBody(head: string, received: string, start: number) {
  if (!/^transfer-encoding: chunked/im.test(head)) {
    const end = start + Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    return received.length < end ? undefined : { text: received.slice(start, end), end };
  }
  let text = '';
  for (let next = start; ;) {
    const line = received.indexOf('\r\n', next);
    const size = parseInt(received.slice(next, line), 16);
    const end = line + 2 + size;
    if (line === -1 || received.length < end + 2) return undefined;
    if (size === 0) return { text, end: end + 2 };
    text += received.slice(line + 2, end);
    next = end + 2;
  }
}
