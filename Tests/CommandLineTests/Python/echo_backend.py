"""A backend that answers with what it was asked, after a moment. Usage: echo_backend.py PORT SECONDS"""
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

port, seconds = int(sys.argv[1]), float(sys.argv[2])


class Backend(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send(b'{"object":"list","data":[]}')

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))))
        time.sleep(seconds)
        message = {"role": "assistant", "content": asked["messages"][0]["content"]}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        answer = {"id": "c", "object": "chat.completion", "created": 1, "model": "m"}
        self.send(json.dumps(answer | {"choices": [choice]}).encode())

    def send(self, body):
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


ThreadingHTTPServer.request_queue_size = 128
ThreadingHTTPServer(("127.0.0.1", port), Backend).serve_forever()
