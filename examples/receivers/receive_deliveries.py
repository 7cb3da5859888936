"""Receives Claimwire's deliveries: verifies each, keeps it once, then answers. Nothing but Python's standard library.

WEBHOOK_SECRET=whsec_... PORT=8080 DATABASE=claims.sqlite python3 receive_deliveries.py
"""

import base64
import hashlib
import hmac
import json
import os
import sqlite3
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLERANCE_SECONDS = 300
KEY = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))

lock = threading.Lock()
database = sqlite3.connect(os.environ.get("DATABASE", "claims.sqlite"), check_same_thread=False)
database.executescript(
    """create table if not exists received (webhook_id text primary key);
    create table if not exists claims (claim_key text primary key, version integer, status text)"""
)


def refusal(headers, body):
    """The answer for a request that is not to be believed; 0 = it is genuine."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    signed = f"{message_id}.{timestamp}.".encode() + body
    wanted = b"v1," + base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest())
    # One signature per active secret while one is rotated for another.
    signatures = headers.get("webhook-signature", "").encode().split(b" ")
    if not any(hmac.compare_digest(given, wanted) for given in signatures):
        return 401
    return 0 if abs(time.time() - int(timestamp)) <= TOLERANCE_SECONDS else 400


def keep(message_id, event):
    """In one transaction: a crash before its commit leaves nothing, and the delivery comes again."""
    with lock, database:
        inserted = database.execute("insert or ignore into received values (?)", (message_id,)).rowcount
        if inserted and "claimKey" in event:
            # The greatest version has the truth, also when a replay brings an older one.
            database.execute(
                """insert into claims values (?, ?, ?) on conflict (claim_key) do update
                set version = excluded.version, status = excluded.status where excluded.version > version""",
                (event["claimKey"], event["version"], event["status"]),
            )
    return "kept" if inserted else "repeated"


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        try:
            status = refusal(self.headers, body)
            if not status:
                message_id = self.headers["webhook-id"]
                print(keep(message_id, json.loads(body)), message_id, flush=True)
                status = 204
        except Exception:
            # Our own trouble: Claimwire tries again.
            status = 500
        self.send_response(status)
        if status != 204:
            self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        """No request lines: what was kept is printed above."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("", int(os.environ.get("PORT", "8080"))), Receiver)
    print("listening", server.server_address[1], flush=True)
    server.serve_forever()
