// Listens to all that happens to somebody at Fix On Call, and comes back after every loss. In browsers, and in Node 22:
// node listen.js http://127.0.0.1:5000 wairimu@fixoncall.example Nairobi-Demo-1

const LONGEST = 30, HEALTHY = 30, PULSE = 20; // seconds
const STOP = { 1000: "all is said", 4400: "not understood", 4403: "access is revoked", 4010: "a newer socket is open" };
const pause = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));

export class Stop extends Error {} // Trying again is of no use.

/** What the end of a socket asks for: the least wait in seconds, and whether to sign in again first. */
export function after(code, reason = "") {
  if (STOP[code]) throw new Stop(`${code}: ${STOP[code]}`);
  const hint = /retry=(\d+)/.exec(reason);
  return { least: hint ? Number(hint[1]) : code === 4029 ? 30 : 0, again: code === 4401 };
}

async function signIn({ api, email, password }) {
  const answer = await fetch(api + "/api/auth/login", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ email, password }),
  });
  const final = [400, 401, 403, 404, 422].includes(answer.status);
  if (final) throw new Stop(`the server refuses to sign in: ${answer.status}`);
  if (!answer.ok) throw { message: `${answer.status}`, least: Number(answer.headers.get("Retry-After")) || 0 };
  return (await answer.json()).data.access_token;
}

/** A browser hides why a socket did not open; a plain request tells whether it was the token. */
async function isRefused({ api }, token) {
  const answer = await fetch(api + "/api/auth/profile", { headers: { Authorization: "Bearer " + token } });
  return answer.status === 401;
}

/** One socket from its opening to its end; the place in `seen` outlives it. */
function hear(who, token, seen, show, note) {
  return new Promise((resolve) => {
    // A browser cannot send a header: the token is one subprotocol offered, and the server chooses the other.
    const path = who.path ?? "/ws/v1/", protocols = ["fixoncall.v1", "bearer." + token];
    const socket = new WebSocket(who.api.replace(/^http/, "ws") + path, protocols);
    let opened = 0, isAlive = true;
    const say = (words) => socket.send(JSON.stringify(words));
    const end = ({ code, reason }) => {
      clearInterval(pulse);
      globalThis.removeEventListener?.("online", give);
      resolve({ code, reason, opened });
    };
    const give = () => { end({ code: 1006, reason: "no sign of life" }); socket.close(); };
    // The server's pings are not visible here, so we ask; and a socket from before a time offline is not to be trusted.
    const pulse = setInterval(() => {
      if (!isAlive) return give();
      isAlive = !socket.protocol;
      if (!isAlive) say({ op: "ping" });
    }, 1000 * PULSE);
    globalThis.addEventListener?.("online", give);
    socket.onopen = () => { opened = Date.now(); note("listening on " + path); };
    socket.onclose = end;
    socket.onerror = () => end({ code: 1006, reason: "" });
    socket.onmessage = ({ data }) => {
      isAlive = true;
      if (!socket.protocol) return show(data); // One of the sockets without a protocol: the message as it is.
      const { op, s, e, d, snapshot } = JSON.parse(data);
      if (op === "hello" && seen.e) say({ op: "resume", s: seen.s, e: seen.e });
      if (op === "hello") seen.here = e;
      if (op === "reauth") signIn(who).then((fresh) => say({ op: "auth", token: fresh })).catch(note);
      if (op && op !== "reset") return;
      if (s !== undefined) Object.assign(seen, { s, e: seen.here }); // A position has no place: only the newest counts.
      show(JSON.stringify(d ?? snapshot));
      if (!op && s !== undefined) say({ op: "ack", s });
    };
  });
}

/** Ends only with a `Stop`. `who` is `{ api, email, password }`, and `path` for a socket of its own. */
export async function listen(who, { show = console.log, note = console.error, firstDelay = 1 } = {}) {
  let token, ceiling = firstDelay;
  for (const seen = {}; ;) {
    let why, least = 0, again = false;
    try {
      token ??= await signIn(who);
      const { code, reason, opened } = await hear(who, token, seen, show, note);
      why = `${code} ${reason}`;
      ({ least, again } = after(code, reason));
      if (!opened) again = await isRefused(who, token);
      if (opened && Date.now() - opened >= 1000 * HEALTHY) ceiling = firstDelay;
    } catch (error) {
      if (error instanceof Stop) throw error;
      ({ message: why, least = 0 } = error);
    }
    if (again) token = undefined;
    const wait = least + Math.random() * ceiling;
    ceiling = Math.min(2 * ceiling, LONGEST);
    note(`${why}; again in ${wait.toFixed(1)} s`);
    await pause(wait);
  }
}

if (globalThis.process?.argv[1]?.endsWith("listen.js")) {
  const [api, email, password, firstDelay = 1, path] = process.argv.slice(2);
  listen({ api, email, password, path }, { firstDelay: Number(firstDelay) })
    .catch((error) => { console.error(error.message); process.exitCode = 1; });
}
