"""A world of its own for an end-to-end test: an AWS in this process (moto behind a small HTTP server that keeps a log
and can fail requests), the infrastructure of this project in a work folder, and the program.

    with World() as world:
        vpc = world.vpc()              # stage/base/vpc, initialised, its state in S3
        vpc.run("apply", "-auto-approve")

A test is a script that ends with an exception when something is not as it should be. INFRA_BIN names the program.
"""
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections import namedtuple
from urllib.parse import parse_qs

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
REGION = "eu-west-1"
BUCKET = "e2e-states"
LOCKS = "infra-locks"
STATE_KEY = "stage/base/vpc.tfstate"
SECONDS = 120  # a command that takes longer hangs

DRIFT = (" has changed", " has been deleted")

Request = namedtuple("Request", "service name status query body")


class Quiet(WSGIRequestHandler):
    def log(self, *_):
        pass


class Aws:
    """The WSGI application: logs what is asked, fails what `fail` wants to."""

    def __init__(self):
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.lock = threading.Lock()
        self.log = []
        self.fail = None  # (service, name, body) -> None or (status, content type, bytes)

    @staticmethod
    def operation(environ, body):
        match = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
        service = match.group(1) if match else "?"
        target = environ.get("HTTP_X_AMZ_TARGET")
        if target:
            return service, target.split(".")[-1], {}
        if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
            query = {k: v[0] for k, v in parse_qs(body.decode(), keep_blank_values=True).items()}
            return service, query.get("Action", "?"), query
        return service, environ["REQUEST_METHOD"] + " " + environ["PATH_INFO"], {}

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        service, name, query = self.operation(environ, body)
        failure = self.fail and self.fail(service, name, body)
        status = []
        if failure:
            code, kind, answer = failure
            start_response(f"{code} Failed", [("Content-Type", kind), ("Content-Length", str(len(answer)))])
            status, answer = [code], [answer]
        else:
            def start(line, headers, exc_info=None):
                status.append(int(line.split()[0]))
                return start_response(line, headers, exc_info)

            answer = self.moto(environ, start)
        with self.lock:
            self.log.append(Request(service, name, status[0] if status else 0, query, body))
        return answer


class World:
    def __enter__(self):
        self.aws = Aws()
        self.server = make_server("127.0.0.1", 0, self.aws, threaded=True, request_handler=Quiet)
        self.endpoint = f"http://127.0.0.1:{self.server.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        urllib.request.urlopen(self.endpoint + "/moto-api/reset", data=b"").close()  # its objects are the process's
        self.folder = tempfile.mkdtemp(prefix="infra-e2e-")
        for name in ("stage", "modules"):
            shutil.copytree(os.path.join(ROOT, name), os.path.join(self.folder, name),
                            ignore=shutil.ignore_patterns(".infra", "*.tfstate*"))
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "TF_", "INFRA_"))}
        self.env.update(AWS_ENDPOINT_URL=self.endpoint, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test",
                        AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null",
                        AWS_EC2_METADATA_DISABLED="true", NO_COLOR="1")
        return self

    def __exit__(self, kind, *_):
        self.server.shutdown()
        if kind is None:
            shutil.rmtree(self.folder)
        else:
            print(f"the work folder is {self.folder}", file=sys.stderr)

    def client(self, service):
        return boto3.client(service, region_name=REGION, endpoint_url=self.endpoint, aws_access_key_id="hand",
                            aws_secret_access_key="hand")

    def state_home(self):
        """The bucket and the lock table, by hand."""
        self.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.client("dynamodb").create_table(
            TableName=LOCKS, BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}])

    def vpc(self):
        self.state_home()
        folder = Folder(self, "stage/base/vpc")
        folder.run("init", f"-backend-config=bucket={BUCKET}")
        return folder


class Result:
    def __init__(self, command, code, output):
        self.command, self.code, self.output = command, code, output

    def says(self, *texts):
        for text in texts:
            assert text in self.output, f"`{self.command}` does not say: {text}\n{self.output}"
        return self

    def says_not(self, *texts):
        for text in texts:
            assert text not in self.output, f"`{self.command}` says: {text}\n{self.output}"
        return self

    def headlines(self):
        """The plan's lines that say what becomes of an object, without "# " and the explanations below them."""
        return [line for line in self.lines() if not line.endswith(DRIFT)]

    def drift(self):
        """The addresses whose objects are not what the last apply left."""
        return [line.split(" has ")[0] for line in self.lines() if line.endswith(DRIFT)]

    def lines(self):
        return [line[4:] for line in self.output.split("\n") if re.match(r"  # [^(]", line)]


class Folder:
    """A root module in the work folder."""

    def __init__(self, world, path):
        self.world, self.path = world, os.path.join(world.folder, path)

    def start(self, *words, **env):
        return subprocess.Popen([os.environ["INFRA_BIN"], *words], cwd=self.path, env={**self.world.env, **env},
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def finish(self, process, words, code=0):
        try:
            output, _ = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
            raise AssertionError(f"`{' '.join(words)}` hangs:\n{output}") from None
        result = Result("infra " + " ".join(words), process.returncode, output)
        assert code is None or result.code == code, f"`{result.command}` exits with {result.code}:\n{output}"
        return result

    def run(self, *words, code=0, **env):
        """Runs the program; code=None: any exit code will do."""
        return self.finish(self.start(*words, **env), words, code)

    def apply(self, *words, **more):
        return self.run("apply", "-auto-approve", *words, **more)

    def no_changes(self, *words):
        return self.run("plan", "-detailed-exitcode", *words).says("No changes.")

    def plans(self, *headlines, words=()):
        """The plan is exactly this, in any order."""
        result = self.run("plan", "-detailed-exitcode", *words, code=2)
        got, want = sorted(result.headlines()), sorted(headlines)
        assert got == want, f"planned:\n  " + "\n  ".join(got) + "\nwanted:\n  " + "\n  ".join(want) + "\n" + result.output
        return result

    def edit(self, name, old, new):
        path = os.path.join(self.path, name)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        assert old in text, f"{name} has no {old}"
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(old, new))


def died(result):
    return result.code == -signal.SIGKILL
