"""Killed at a record of the journal, the next apply ends with each object exactly once.

    tests/e2e/run PROGRAM kill [all]

Twelve records spread over the whole; with `all` each of them, before, after and in the middle of being written. Both
on AWS (the base VPC) and on tfcoremock, whose operations are logged."""
import os
import re
import sys

from world import Folder, World, died

ALL = "all" in sys.argv[1:]
MOCK = '''
resource "tfcoremock_simple_resource" "first" {
  count  = 3
  id     = "first${count.index}"
  string = "VALUE"
}

resource "tfcoremock_simple_resource" "named_by_the_provider" {
  string = tfcoremock_simple_resource.first[0].id
}

resource "tfcoremock_simple_resource" "replaced" {
  id     = "replaced-VALUE"
  string = tfcoremock_simple_resource.named_by_the_provider.string

  lifecycle {
    create_before_destroy = true
  }
}

resource "tfcoremock_simple_resource" "last" {
  id     = "last"
  string = tfcoremock_simple_resource.replaced.id
}
'''


def spread(records, how_many):
    """Which records to die at, as INFRA_TEST_KILL_AT wants them."""
    if ALL:
        return [f"{n}{how}" for n in range(1, records + 1) for how in ("", "-", "~")]
    step = max(1, records // how_many)
    return [f"{n}{('', '-', '~')[i % 3]}" for i, n in enumerate(range(1, records + 1, step))][:how_many]


# ---- AWS ----

def real_things(ec2):
    """What is there, as kind and count."""
    mine = [{"Name": "tag:Network", "Values": ["stage"]}]
    tables = ec2.describe_route_tables(Filters=mine)["RouteTables"]
    return {
        "vpcs": len(ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])["Vpcs"]),
        "subnets": len(ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["false"]}])["Subnets"]),
        "gateways": len(ec2.describe_internet_gateways()["InternetGateways"]),
        "addresses": len(ec2.describe_addresses()["Addresses"]),
        "nats": sum(n["State"] != "deleted" for n in ec2.describe_nat_gateways()["NatGateways"]),
        "tables": len(tables),
        "associations": sum(not a.get("Main") for t in tables for a in t["Associations"]),
        "routes": sum(r["DestinationCidrBlock"] == "0.0.0.0/0" for t in tables for r in t["Routes"]),
    }


WHOLE = {"vpcs": 1, "subnets": 4, "gateways": 1, "addresses": 1, "nats": 1, "tables": 3, "associations": 4, "routes": 3}
NOTHING = dict.fromkeys(WHOLE, 0)
AWS_RECORDS = 17 * 2 + 2  # an intent and a result each, outputs, the saved state


def on_aws(at):
    with World() as world:
        vpc, ec2 = world.vpc(), world.client("ec2")
        if not died(vpc.apply(code=None, INFRA_TEST_KILL_AT=at)):
            return False
        vpc.run("plan")  # recovers in memory
        vpc.apply()
        assert real_things(ec2) == WHOLE, f"killed at {at}: {real_things(ec2)}"
        vpc.no_changes()
        if died(vpc.run("destroy", "-auto-approve", code=None, INFRA_TEST_KILL_AT=at)):
            vpc.run("destroy", "-auto-approve")
        assert real_things(ec2) == NOTHING, f"killed at {at} of destroying: {real_things(ec2)}"
        return True


# ---- tfcoremock ----

MOCK_RECORDS = 14

class Mock(Folder):
    def __init__(self, world):
        super().__init__(world, "mock")
        os.makedirs(self.path)
        self.write("tfcoremock.json", '{"log":"operations.log"}')
        self.configure("one")

    def write(self, name, text):
        with open(os.path.join(self.path, name), "w", encoding="utf-8") as f:
            f.write(text)

    def configure(self, value):
        self.write("main.infra", MOCK.replace("VALUE", value))

    def objects(self):
        folder = os.path.join(self.path, "terraform.resource")
        names = [n[:-5] for n in os.listdir(folder) if n.endswith(".json")]
        return sorted("made up" if re.fullmatch(r"[0-9a-f-]{36}", n) else n for n in names)

    def times(self, verb):
        """How often each object was created or deleted."""
        with open(os.path.join(self.path, "operations.log"), encoding="utf-8") as f:
            ids = [line.split()[2] for line in f if line.startswith(verb + " ")]
        return {i: ids.count(i) for i in ids}


def want(value):
    return sorted(["first0", "first1", "first2", "last", "made up", f"replaced-{value}"])


def on_mock(at):
    with World() as world:
        mock = Mock(world)
        any_died = died(mock.apply(code=None, INFRA_TEST_KILL_AT=at))
        mock.apply()
        assert mock.objects() == want("one"), f"killed at {at}: {mock.objects()}"
        assert set(mock.times("create").values()) == {1}, f"killed at {at}: {mock.times('create')}"
        mock.no_changes()
        mock.configure("two")
        any_died |= died(mock.apply(code=None, INFRA_TEST_KILL_AT=at))
        mock.apply()
        assert mock.objects() == want("two"), f"killed at {at} of changing: {mock.objects()}"
        assert set(mock.times("create").values()) == {1}, f"killed at {at} of changing: {mock.times('create')}"
        assert mock.times("delete") == {"replaced-one": 1}, f"killed at {at} of changing: {mock.times('delete')}"
        mock.no_changes()
        any_died |= died(mock.run("destroy", "-auto-approve", code=None, INFRA_TEST_KILL_AT=at))
        mock.run("destroy", "-auto-approve")
        assert mock.objects() == [], f"killed at {at} of destroying: {mock.objects()}"
        assert set(mock.times("delete").values()) == {1}, f"killed at {at} of destroying: {mock.times('delete')}"
        return any_died


def every(test, places):
    """Tries all, so that all that is wrong is seen at once; how often it died."""
    dead, wrong = 0, []
    for at in places:
        try:
            dead += test(at)
        except AssertionError as problem:
            wrong.append(f"{test.__name__} {at}: {problem}")
    assert not wrong, "\n".join(wrong)
    return dead


died_on_mock = every(on_mock, spread(MOCK_RECORDS, 6))
died_on_aws = every(on_aws, spread(AWS_RECORDS, 6))
assert died_on_mock >= 5 and died_on_aws >= 5, f"it died only {died_on_mock} and {died_on_aws} times"
print(f"died {died_on_mock} times on tfcoremock and {died_on_aws} times on AWS")
