"""What can be wrong around the program: each is an error that says what, nothing is changed, and trouble that passes is
waited out."""
import hashlib
import json

from world import BUCKET, LOCKS, STATE_KEY, World

LOCK_ID = f"{BUCKET}/{STATE_KEY}"


def ec2_error(code, message, status=400):
    body = (f'<?xml version="1.0"?><Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error>'
            "</Errors><RequestID>11112222-3333</RequestID></Response>")
    return status, "text/xml", body.encode()


def failing(world, names, answer, times=None):
    left = [times]

    def fail(service, name, body):
        if name not in names or left[0] == 0:
            return None
        if left[0]:
            left[0] -= 1
        return answer

    world.aws.fail = fail


def credentials(world, vpc):
    without = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    vpc.run("plan", code=1, **without).says("redentials")
    failing(world, ["DescribeAvailabilityZones"], ec2_error("RequestExpired", "Request has expired."))
    vpc.run("plan", code=1).says("DescribeAvailabilityZones", "RequestExpired", "11112222-3333")
    failing(world, ["CreateVpc"], ec2_error("UnauthorizedOperation", "You are not authorized.", 403))
    vpc.apply(code=1).says("CreateVpc", "UnauthorizedOperation", "11112222-3333", "aws_vpc.this")
    world.aws.fail = None
    assert not world.client("ec2").describe_vpcs(Filters=[{"Name": "tag:Network", "Values": ["stage"]}])["Vpcs"]
    vpc.run("destroy", "-auto-approve").says("Resources: 1 destroyed.")  # the address, which needs no VPC


def unreachable(vpc):
    vpc.run("plan", code=1, AWS_ENDPOINT_URL_EC2="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="2").says("127.0.0.1:9")
    vpc.run("plan", code=1, AWS_ENDPOINT_URL_S3="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="2").says("127.0.0.1:9")


def throttled(world, vpc):
    failing(world, ["DescribeAvailabilityZones"], ec2_error("RequestLimitExceeded", "Slow down.", 503), times=2)
    vpc.run("plan").says("17 to add")
    world.aws.fail = None


def state_missing(vpc):
    vpc.run("init", "-reconfigure", "-backend-config=bucket=no-such-bucket", code=1).says("no-such-bucket")
    vpc.run("init", "-reconfigure", f"-backend-config=bucket={BUCKET}", "-backend-config=dynamodb_table=none")
    vpc.run("plan", code=1).says("none", "ResourceNotFoundException")
    vpc.run("init", "-reconfigure", f"-backend-config=bucket={BUCKET}")
    vpc.run("plan").says("17 to add")


def bad_state(world, vpc):
    """A state that cannot be right is refused and left as it is."""
    vpc.apply()
    s3, dynamodb = world.client("s3"), world.client("dynamodb")
    key = {"LockID": {"S": LOCK_ID + "-md5"}}
    good = s3.get_object(Bucket=BUCKET, Key=STATE_KEY)["Body"].read()
    newer = json.loads(good)
    newer["version"] = 5
    cases = ((json.dumps(newer).encode(), "version 5"), (good[:len(good) // 2], "tate"))
    for bytes_, words in cases:
        s3.put_object(Bucket=BUCKET, Key=STATE_KEY, Body=bytes_)
        digest = hashlib.md5(bytes_).hexdigest()
        dynamodb.put_item(TableName=LOCKS, Item={**key, "Digest": {"S": digest}})
        vpc.apply(code=1).says(words)
        vpc.run("destroy", "-auto-approve", code=1).says(words)
        assert s3.get_object(Bucket=BUCKET, Key=STATE_KEY)["Body"].read() == bytes_
    dynamodb.put_item(TableName=LOCKS, Item={**key, "Digest": {"S": "0123456789abcdef0123456789abcdef"}})
    s3.put_object(Bucket=BUCKET, Key=STATE_KEY, Body=good)
    vpc.run("plan", code=1).says("0123456789abcdef0123456789abcdef")
    dynamodb.put_item(TableName=LOCKS, Item={**key, "Digest": {"S": hashlib.md5(good).hexdigest()}})
    vpc.no_changes()


with World() as world:
    vpc = world.vpc()
    credentials(world, vpc)
    unreachable(vpc)
    throttled(world, vpc)
    state_missing(vpc)
    bad_state(world, vpc)
