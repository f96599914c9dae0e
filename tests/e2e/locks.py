"""The lock in DynamoDB: one that is held is respected and its owner named, of two applies one waits or fails, and the
lock of a process that died is taken over."""
import json
import threading

from world import BUCKET, LOCKS, STATE_KEY, World, died

LOCK_ID = f"{BUCKET}/{STATE_KEY}"
HELD = {"ID": "11111111-2222-3333-4444-555555555555", "Operation": "OperationTypeApply", "Info": "",
        "Who": "ana@laptop", "Version": "1.12.6", "Created": "2026-01-02T03:04:05.000000006Z", "Path": LOCK_ID}


def item(dynamodb):
    return dynamodb.get_item(TableName=LOCKS, Key={"LockID": {"S": LOCK_ID}}).get("Item")


def by_hand(vpc, dynamodb):
    dynamodb.put_item(TableName=LOCKS, Item={"LockID": {"S": LOCK_ID}, "Info": {"S": json.dumps(HELD)}})
    for command in (("plan",), ("apply", "-auto-approve"), ("destroy", "-auto-approve")):
        vpc.run(*command, code=1).says("ana@laptop", HELD["ID"], "force-unlock")
    vpc.run("plan", "-lock-timeout=1s", code=1).says("ana@laptop")
    vpc.run("plan", "-lock=false").says("17 to add")
    vpc.run("force-unlock", "-force", "99999999-2222-3333-4444-555555555555", code=1)
    assert item(dynamodb), "the wrong id took the lock away"
    vpc.run("force-unlock", "-force", HELD["ID"])
    assert not item(dynamodb)
    vpc.run("plan").says("17 to add")
    assert not item(dynamodb), "the plan left its lock"


def wait_for_lock(process, dynamodb):
    while process.poll() is None and not item(dynamodb):
        pass


def two_applies(world, vpc, dynamodb):
    """The second one comes while the first has the lock: AWS holds the first one up until the second has been heard."""
    heard = threading.Event()

    def hold_up(service, name, body):
        if name == "CreateVpc":
            heard.wait(60)

    world.aws.fail = hold_up
    first = vpc.start("apply", "-auto-approve")
    wait_for_lock(first, dynamodb)
    vpc.run("apply", "-auto-approve", code=1).says("OperationTypeApply")
    waiting = vpc.start("apply", "-auto-approve", "-lock-timeout=60s")
    assert "lock" in waiting.stdout.readline(), "it does not say that it waits"
    heard.set()
    vpc.finish(first, ["apply"]).says("17 added")
    vpc.finish(waiting, ["apply", "-lock-timeout=60s"]).says("0 added, 0 changed, 0 destroyed")
    world.aws.fail = None
    assert not item(dynamodb)


def owner_died(vpc, dynamodb):
    vpc.edit("main.infra", "default     = 2", "default     = 3")
    assert died(vpc.apply(code=None, INFRA_TEST_KILL_AT="3"))
    left = item(dynamodb)
    assert left and "Info" in left, "the dead process took its lock with it"
    vpc.apply()
    assert not item(dynamodb)
    vpc.no_changes()


with World() as world:
    vpc, dynamodb = world.vpc(), world.client("dynamodb")
    by_hand(vpc, dynamodb)
    two_applies(world, vpc, dynamodb)
    owner_died(vpc, dynamodb)
