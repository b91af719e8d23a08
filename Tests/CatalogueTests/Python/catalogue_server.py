"""A publisher of element sets on loopback that behaves like the real one, with its errors.

The path chooses the behaviour, the query's GROUP tells tests apart. Prints its port, and ends when its
standard input does. /_count?GROUP=NAME tells how often NAME was asked for.
"""

import gzip
import hashlib
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

HEADER = (
    "OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,"
    "ARG_OF_PERICENTER,MEAN_ANOMALY,EPHEMERIS_TYPE,CLASSIFICATION_TYPE,NORAD_CAT_ID,"
    "ELEMENT_SET_NO,REV_AT_EPOCH,BSTAR,MEAN_MOTION_DOT,MEAN_MOTION_DDOT\r\n"
)
ROW = (
    "STARLINK-{n},2026-160A,2026-08-22T11:51:02.750976,15.72940619,.00038143,69.9999,277.1222,"
    "278.1209,81.9555,0,U,{n},999,742,.91786465E-3,.126928E-2,0\r\n"
)
TOO_OFTEN = (
    "GP data has not updated since your last successful\ndownload of GROUP={} at 2026-08-22 "
    "11:51:02 UTC.\nData is updated once every 2 hours.\n"
)
BOMB = gzip.compress(b"0" * (40 << 20))
counts = {}
lock = threading.Lock()


def table(rows, first=100001):
    return (HEADER + "".join(ROW.format(n=first + i) for i in range(rows))).encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def send(self, body, status=200, kind="text/csv", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        url = urlparse(self.path)
        group = parse_qs(url.query).get("GROUP", [url.path])[0]
        if url.path == "/_count":
            return self.send(json.dumps(counts.get(group, 0)).encode())
        with lock:
            counts[group] = counts.get(group, 0) + 1
            count = counts[group]
        name = url.path.strip("/").split("/")[0].split(".")[0]
        behaviour = getattr(self, "on_" + name, None)
        if behaviour is None:
            return self.send(f'Invalid query: "{url.query}" (GROUP={group} not found)'.encode(), 404)
        self.close_connection = behaviour(group, count) == "close"

    def on_good(self, _, count):
        body = table(20)
        tag = '"' + hashlib.md5(body).hexdigest() + '"'
        if self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.send_header("ETag", tag)
            self.end_headers()
        else:
            self.send(body, ETag=tag, Last_Modified="Sat, 22 Aug 2026 11:51:02 GMT")

    def on_dated(self, _, count):
        date = "Sat, 22 Aug 2026 11:51:02 GMT"
        if self.headers.get("If-Modified-Since") == date:
            self.send_response(304)
            self.end_headers()
        else:
            self.send(table(20), Last_Modified=date)

    def on_changing(self, _, count):
        self.send(table(20 + count), ETag=f'"{count}"')

    def on_strict(self, group, count):
        if count > 1:
            self.send(TOO_OFTEN.format(group).encode(), 403, "text/plain")
        else:
            self.send(table(20))

    def on_once(self, group, count):
        """Good the first time; the second time as the group's name says."""
        if count == 1:
            self.send(table(20))
        else:
            return getattr(self, "on_" + group.split("-")[-1])(group, count)

    def on_nodata(self, *_):
        self.send(b"No GP data found", kind="text/plain")

    def on_html(self, *_):
        self.send(b"<!DOCTYPE html><html><body>1 25544U maintenance</body></html>", kind="text/html")

    def on_empty(self, *_):
        self.send(b"")

    def on_garbage(self, *_):
        self.send(bytes(range(256)) * 40)

    def on_fault(self, *_):
        self.send(b"Service unavailable", 503, "text/plain")

    def on_gzip(self, *_):
        self.send(gzip.compress(table(500)), Content_Encoding="gzip")

    def on_truncated(self, *_):
        body = table(500)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2])
        return "close"

    def on_chunkcut(self, *_):
        body = table(500)[:5000]
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(body), body))
        return "close"

    def on_unframed(self, *_):
        """Cut in a row, without a length that would tell."""
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(table(500)[:-2])
        return "close"

    def on_dropped(self, *_):
        return "close"

    def on_slow(self, *_):
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        try:
            for _ in range(200):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            pass
        return "close"

    def on_silent(self, *_):
        time.sleep(20)
        return "close"

    def on_huge(self, *_):
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            for _ in range(400):
                self.wfile.write(table(1000))
        except OSError:
            pass
        return "close"

    def on_bomb(self, *_):
        try:
            self.send(BOMB, Content_Encoding="gzip")
        except OSError:
            pass
        return "close"

    def on_redirect(self, group, _):
        self.send(b"moved", 301, Location=f"/good?GROUP={group}")

    def on_loop(self, group, _):
        self.send(b"moved", 302, Location=f"/loop?GROUP={group}")

    def on_elsewhere(self, *_):
        self.send(b"moved", 302, Location="file:///etc/passwd")


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
os._exit(0)
