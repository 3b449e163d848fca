// @ts-check
// Where the server's addresses begin: behind a proxy it may be a path of its own.

const HERE = new URL("../../..", import.meta.url);
/** What stands before every path: scripts lie below `<root>/sdgui/`. */
const ROOT = HERE.protocol.startsWith("http") ? HERE.pathname.replace(/\/$/, "") : "";

/** A path of this server as the browser has to ask for it. @param {string} path which begins with a slash */
export const at = (path) => `${ROOT}${path}`;
