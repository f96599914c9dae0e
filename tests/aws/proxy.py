"""A proxy before moto that answers some requests itself, by rules, and counts all by operation.

A rule: {"op": "DescribeSubnets", "has": TEXT (in the body), "skip": N, "times": N, and what it answers:
"status" with "code" (an error in EC2's form) or "body"; or "lose": true, when moto gets the request and nobody the
answer}.
"""
import http.client
import re
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

ERROR = "<Response><Errors><Error><Code>%s</Code><Message>by rule</Message></Error></Errors><RequestID>r</RequestID></Response>"


class Proxy:
    def __init__(self, port):
        self.moto, self.rules, self.calls, self.lock = port, [], Counter(), threading.Lock()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def serve(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, headers, answer = proxy.answer(self.command, self.path, self.headers, body)
                if status is None:
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in headers:
                    if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer)

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = serve

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.endpoint = "http://127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def start(self, rules):
        with self.lock:
            self.rules = [dict(r, left=r.get("times", 1 << 30), skipped=0) for r in rules]
            self.calls = Counter()

    def operation(self, command, path, headers, body):
        target = headers.get("X-Amz-Target")
        if target:
            return target.rsplit(".", 1)[-1]
        action = parse_qs(body.decode("latin-1")).get("Action") if body else None
        return action[0] if action else "%s %s" % (command, re.sub(r"=.*", "", path))

    def answer(self, command, path, headers, body):
        operation, text = self.operation(command, path, headers, body), body.decode("latin-1")
        lose = False
        with self.lock:
            self.calls[operation] += 1
            for rule in self.rules:
                if rule["op"] != operation or rule.get("has", "") not in text or not rule["left"]:
                    continue
                if rule["skipped"] < rule.get("skip", 0):
                    rule["skipped"] += 1
                    continue
                rule["left"] -= 1
                if rule.get("lose"):
                    lose = True
                    break
                content = rule.get("body", ERROR % rule.get("code", ""))
                return rule["status"], [("Content-Type", "text/xml")], content.encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.moto, timeout=60)
        connection.request(command, path, body, {k: v for k, v in headers.items()})
        got = connection.getresponse()
        answer = got.read()
        connection.close()
        return None if lose else got.status, got.getheaders(), answer
