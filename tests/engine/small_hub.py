"""A small real hub on 127.0.0.1: serves the repositories of a folder as the hub client expects them."""

import hashlib
import json
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PATIENCE = 30.0


class SmallHub:
    """Serves `root/owner/name/…`; can break a connection half way, or answer nothing but errors."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.log: list[tuple[str, str, str | None]] = []
        """(method, path, Range) of every request."""
        self.break_once: str | None = None
        """The end of a path whose next download breaks off half way."""
        self.failing: str | None = None
        """The end of a path whose requests answer `status`."""
        self.status = 500
        self.error_code = ""
        """What the hub says besides, in X-Error-Code."""
        self.spoilt: str | None = None
        """The end of a path whose content is another than the hub says, of the same size."""
        self.holding: str | None = None
        """The end of a path whose downloads rest half way until `go` is set, or the other side leaves."""
        self.go = threading.Event()
        self.halfway = threading.Semaphore(0)
        """Released each time that a download rests."""
        self.token: str | None = None
        """What one must say to be given files, and then only; it is told in `tokens` who asked."""
        self.tokens: set[str | None] = set()
        self.card: dict[str, object] = {}
        """What repositories say of themselves."""
        self.dumb = False
        """Whether connections are closed without an answer."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "SmallHub":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.go.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def downloads(self, end: str) -> list[str | None]:
        """The Range of every GET of a path with this end."""
        return [
            range_ for method, path, range_ in self.log if method == "GET" and path.endswith(end)
        ]

    def describe(self, name: str) -> bytes | None:
        folder = self.root / name
        if not folder.is_dir():
            return None
        files = []
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                content = path.read_bytes()
                entry: dict[str, object] = {
                    "rfilename": path.relative_to(folder).as_posix(),
                    "size": len(content),
                    "blobId": hashlib.sha1(content).hexdigest(),
                }
                if path.suffix in (".safetensors", ".ckpt"):
                    sha256 = hashlib.sha256(content).hexdigest()
                    entry["lfs"] = {"sha256": sha256, "size": len(content), "pointerSize": 130}
                files.append(entry)
        told = {
            "id": name,
            "modelId": name,
            "sha": COMMIT,
            "siblings": files,
            "cardData": self.card,
        }
        return json.dumps({**told, "gated": "manual" if self.token else False}).encode()

    def _handler(hub) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self) -> None:
                self._answer(body=False)

            def do_GET(self) -> None:
                self._answer(body=True)

            def log_message(self, format: str, *args: object) -> None:
                pass

            def _answer(self, *, body: bool) -> None:
                path = unquote(urlsplit(self.path).path)
                hub.log.append((self.command, path, self.headers.get("Range")))
                said = (self.headers.get("Authorization") or "").removeprefix("Bearer ") or None
                hub.tokens.add(said)
                if hub.dumb:
                    self.close_connection = True
                    return
                if body and hub.failing is not None and path.endswith(hub.failing):
                    self._send(hub.status, b"", {"X-Error-Code": hub.error_code})
                    return
                if path.startswith("/api/models/"):
                    name = path.removeprefix("/api/models/").split("/revision/")[0]
                    answer = hub.describe(name)
                    if answer is None:
                        self._send(404, b"", {"X-Error-Code": "RepoNotFound"})
                    else:
                        self._send(200, answer, {"Content-Type": "application/json"})
                    return
                if hub.token is not None and said != hub.token:
                    self._send(403 if said else 401, b"", {"X-Error-Code": "GatedRepo"})
                    return
                name, _, rest = path.strip("/").partition("/resolve/")
                file = hub.root / name / rest.partition("/")[2]
                if not file.is_file():
                    self._send(404, b"", {"X-Error-Code": "EntryNotFound"})
                    return
                content = file.read_bytes()
                if hub.spoilt is not None and path.endswith(hub.spoilt):
                    content = content[:-1] + bytes([content[-1] ^ 1])
                self._send_file(path, content, body)

            def _send_file(self, path: str, content: bytes, body: bool) -> None:
                headers = {
                    "ETag": f'"{hashlib.sha256(content).hexdigest()}"',
                    "X-Repo-Commit": COMMIT,
                    "Accept-Ranges": "bytes",
                }
                start = 0
                asked = self.headers.get("Range")
                if asked is not None:
                    start = int(asked.removeprefix("bytes=").partition("-")[0])
                    headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
                content = content[start:]
                self.send_response(200 if asked is None else 206)
                for key, value in headers.items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if not body:
                    return
                if hub.break_once is not None and path.endswith(hub.break_once):
                    hub.break_once = None
                    self.wfile.write(content[: len(content) // 2])
                    self.wfile.flush()
                    self.close_connection = True
                    return
                if hub.holding is not None and path.endswith(hub.holding) and not hub.go.is_set():
                    self.wfile.write(content[: len(content) // 2])
                    self.wfile.flush()
                    hub.halfway.release()
                    hub.go.wait(PATIENCE)
                    content = content[len(content) // 2 :]
                with suppress(OSError):  # the other side has left
                    self.wfile.write(content)

            def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
                self.send_response(status)
                for key, value in headers.items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(content)

        return Handler
