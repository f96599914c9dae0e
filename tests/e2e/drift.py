"""Every attribute that can be read, changed behind the back, shows in the plan, is put right by apply, and stays right.

What AWS's API cannot change is changed in moto's own objects."""
from moto.ec2.models import ec2_backends

from world import REGION, World

ACCOUNT = "123456789012"
M = "module.vpc."
A = '["eu-west-1a"]'


class Things:
    """The ids of what the VPC is made of."""

    def __init__(self, vpc, ec2):
        self.ec2 = ec2
        self.vpc = vpc.run("output", "-raw", "vpc_id").output.strip()
        named = {}
        for tag in ec2.describe_tags(Filters=[{"Name": "key", "Values": ["Name"]}])["Tags"]:
            named[tag["ResourceType"], tag["Value"]] = tag["ResourceId"]
        self.public = named["subnet", "stage-public-eu-west-1a"]
        self.private = named["subnet", "stage-private-eu-west-1a"]
        self.gateway = named["internet-gateway", "stage"]
        self.table = named["route-table", "stage-public"]
        self.private_table = named["route-table", "stage-private-eu-west-1a"]
        self.nat = ec2.describe_nat_gateways(Filter=[{"Name": "state", "Values": ["available"]}])["NatGateways"][0]["NatGatewayId"]
        self.address = ec2.describe_addresses()["Addresses"][0]["AllocationId"]
        self.other_gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.moto = ec2_backends[ACCOUNT][REGION]

    def subnet(self, name):
        return next(zone[name] for zone in self.moto.subnets.values() if name in zone)

    def association(self, table):
        tables = self.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
        return tables[0]["Associations"][0]["RouteTableAssociationId"]


def tag(thing):
    return lambda t: t.ec2.create_tags(Resources=[getattr(t, thing)], Tags=[{"Key": "Name", "Value": "elsewhere"}])


def tag_lost(thing):
    return lambda t: t.ec2.delete_tags(Resources=[getattr(t, thing)], Tags=[{"Key": "Network"}])


def tag_new(thing):
    return lambda t: t.ec2.create_tags(Resources=[getattr(t, thing)], Tags=[{"Key": "Extra", "Value": "x"}])


def set_attribute(thing, **what):
    def change(t):
        for name, value in what.items():
            if thing == "vpc":
                t.ec2.modify_vpc_attribute(VpcId=t.vpc, **{name: {"Value": value}})
            else:
                t.ec2.modify_subnet_attribute(SubnetId=getattr(t, thing), **{name: {"Value": value}})
    return change


UPDATED, CREATED = "will be updated in-place", "will be created"
# What is changed, the object, what the plan says of it, what it shows of the attribute.
CASES = [
    (tag("vpc"), "aws_vpc.this", UPDATED, '"elsewhere" -> "stage"'),
    (tag_lost("vpc"), "aws_vpc.this", UPDATED, '+ "Network"'),
    (tag_new("vpc"), "aws_vpc.this", UPDATED, '- "Extra"'),
    (set_attribute("vpc", EnableDnsHostnames=False), "aws_vpc.this", UPDATED, "enable_dns_hostnames"),
    (set_attribute("vpc", EnableDnsSupport=False), "aws_vpc.this", UPDATED, "enable_dns_support"),
    (tag("public"), f"aws_subnet.public{A}", UPDATED, '"elsewhere" -> "stage-public-eu-west-1a"'),
    (set_attribute("public", MapPublicIpOnLaunch=False), f"aws_subnet.public{A}", UPDATED, "map_public_ip_on_launch"),
    (set_attribute("private", MapPublicIpOnLaunch=True), f"aws_subnet.private{A}", UPDATED, "map_public_ip_on_launch"),
    (tag("gateway"), "aws_internet_gateway.this", UPDATED, '"elsewhere" -> "stage"'),
    (tag("address"), f"aws_eip.nat{A}", UPDATED, '"elsewhere"'),
    (tag("nat"), f"aws_nat_gateway.this{A}", UPDATED, '"elsewhere"'),
    (tag("table"), "aws_route_table.public", UPDATED, '"elsewhere"'),
    (lambda t: t.ec2.replace_route(RouteTableId=t.table, DestinationCidrBlock="0.0.0.0/0", GatewayId=t.other_gateway),
     "aws_route_table.public", UPDATED, "gateway_id"),
    (lambda t: t.ec2.create_route(RouteTableId=t.table, DestinationCidrBlock="10.99.0.0/16", GatewayId=t.gateway),
     "aws_route_table.public", UPDATED, "10.99.0.0/16"),
    (lambda t: t.ec2.delete_route(RouteTableId=t.table, DestinationCidrBlock="0.0.0.0/0"),
     "aws_route_table.public", UPDATED, "0.0.0.0/0"),
    (lambda t: t.ec2.replace_route(RouteTableId=t.private_table, DestinationCidrBlock="0.0.0.0/0", GatewayId=t.gateway),
     f"aws_route.private_nat{A}", UPDATED, "nat_gateway_id"),
    (lambda t: t.ec2.delete_route(RouteTableId=t.private_table, DestinationCidrBlock="0.0.0.0/0"),
     f"aws_route.private_nat{A}", CREATED, "0.0.0.0/0"),
    (lambda t: t.ec2.disassociate_route_table(AssociationId=t.association(t.private_table)),
     f"aws_route_table_association.private{A}", CREATED, "subnet_id"),
]

# What nobody can change, or what is AWS's to choose: moto's object, its attribute, another value, and how it is seen.
SEEN = [
    (lambda t: t.moto.vpcs[t.vpc], "cidr_block", "10.77.0.0/16", "aws_vpc.this", "cidr_block"),
    (lambda t: t.moto.vpcs[t.vpc], "instance_tenancy", "dedicated", "aws_vpc.this", "instance_tenancy"),
    (lambda t: t.moto.vpcs[t.vpc], "enable_network_address_usage_metrics", "true", "aws_vpc.this",
     "enable_network_address_usage_metrics"),
    (lambda t: t.subnet(t.private), "cidr_block", "10.20.240.0/20", f"aws_subnet.private{A}", "cidr_block"),
    (lambda t: t.subnet(t.private), "assign_ipv6_address_on_creation", "true", f"aws_subnet.private{A}",
     "assign_ipv6_address_on_creation"),
    (lambda t: t.moto.internet_gateways[t.gateway], "vpc", None, "aws_internet_gateway.this", "vpc_id"),
    (lambda t: t.moto.nat_gateways[t.nat], "subnet_id", "subnet-0123456789abcdef0", f"aws_nat_gateway.this{A}",
     "subnet_id"),
    (lambda t: t.moto.nat_gateways[t.nat], "connectivity_type", "private", f"aws_nat_gateway.this{A}",
     "connectivity_type"),
    (lambda t: next(a for a in t.moto.addresses if a.allocation_id == t.address), "public_ip", "198.51.100.7", f"aws_eip.nat{A}", "public_ip"),
]


def drifted(vpc, things, case):
    change, address, words, shows = case
    change(things)
    vpc.plans(f"{M}{address} {words}").says(shows)
    if words == CREATED:
        assert M + address in vpc.run("plan", "-refresh-only").drift()
    vpc.run("plan", "-refresh=false", "-detailed-exitcode").says("No changes.")
    vpc.apply()
    vpc.no_changes()


def seen(vpc, things, case):
    of, attribute, value, address, shows = case
    thing = of(things)
    was = getattr(thing, attribute)
    setattr(thing, attribute, value)
    try:
        plan = vpc.run("plan", "-refresh-only", "-detailed-exitcode", code=2).says(shows)
        assert plan.drift() == [M + address], plan.output
    finally:
        setattr(thing, attribute, was)
    vpc.no_changes()


with World() as world:
    vpc, ec2 = world.vpc(), world.client("ec2")
    vpc.apply()
    vpc.apply("-refresh-only")
    things, failures = Things(vpc, ec2), []
    for check, cases in ((seen, SEEN), (drifted, CASES)):
        for number, case in enumerate(cases):
            try:
                check(vpc, things, case)
            except Exception as problem:  # all cases are tried, so that all that is wrong is seen at once
                failures.append(f"{check.__name__} {number}, {case[-1]}: {problem!r}")
                vpc.apply(code=None)
    assert not failures, "\n".join(failures)
