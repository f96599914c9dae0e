"""The base VPC through its life: made, unchanged, changed in exactly what was changed, destroyed in the right order."""
from world import World

M = "module.vpc."


def count(ec2, what):
    calls = {"vpcs": (ec2.describe_vpcs, "Vpcs", [{"Name": "is-default", "Values": ["false"]}]),
             "subnets": (ec2.describe_subnets, "Subnets", [{"Name": "default-for-az", "Values": ["false"]}]),
             "gateways": (ec2.describe_internet_gateways, "InternetGateways", [])}
    call, member, filters = calls[what]
    return len(call(Filters=filters)[member])


def made(vpc, ec2):
    vpc.apply().says("Apply complete! Resources: 17 added, 0 changed, 0 destroyed.")
    assert count(ec2, "vpcs") == 1 and count(ec2, "subnets") == 4 and count(ec2, "gateways") == 1
    vpc.no_changes()
    vpc.run("output", "-raw", "vpc_id").says("vpc-")


def tag_changed(vpc, ec2):
    vpc.edit("main.infra", 'name   = "stage"', 'name   = "stage"\n  tags   = { Owner = "net" }')
    tagged = vpc.run("plan", "-detailed-exitcode", code=2)
    assert all(line.endswith("will be updated in-place") for line in tagged.headlines()), tagged.output
    tagged.says("Plan: 0 to add, 11 to change, 0 to destroy.", '+ "Owner"')
    vpc.apply().says("0 added, 11 changed, 0 destroyed")
    vpc.no_changes()
    assert {"Key": "Owner", "Value": "net"} in ec2.describe_vpcs(
        Filters=[{"Name": "tag:Name", "Values": ["stage"]}])["Vpcs"][0]["Tags"]


def zone_added(vpc, ec2):
    zone = "eu-west-1c"
    vpc.edit("main.infra", "default     = 2", "default     = 3")
    vpc.plans(*(f'{M}{name}["{zone}"] will be created' for name in (
        "aws_subnet.public", "aws_subnet.private", "aws_route_table.private", "aws_route.private_nat",
        "aws_route_table_association.public", "aws_route_table_association.private")))
    vpc.apply().says("6 added, 0 changed, 0 destroyed")
    vpc.no_changes()
    assert count(ec2, "subnets") == 6


def cidr_replaced(vpc, ec2):
    vpc.edit("../../../modules/vpc/main.infra", "8 + each.value", "12 + each.value")
    zones = [f"eu-west-1{x}" for x in "abc"]
    plan = vpc.plans(*(f'{M}aws_subnet.private["{z}"] must be replaced' for z in zones),
                     *(f'{M}aws_route_table_association.private["{z}"] must be replaced' for z in zones))
    plan.says('"10.20.128.0/20" -> "10.20.192.0/20" # forces replacement', "Plan: 6 to add, 0 to change, 6 to destroy.")
    vpc.apply().says("6 added, 0 changed, 6 destroyed")
    vpc.no_changes()
    ranges = {s["CidrBlock"] for s in ec2.describe_subnets(Filters=[{"Name": "tag:Network", "Values": ["stage"]}])["Subnets"]}
    assert ranges == {f"10.20.{16 * i}.0/20" for i in (0, 1, 2, 12, 13, 14)}, ranges


def destroyed(world, vpc, ec2):
    start = len(world.aws.log)
    vpc.run("destroy", "-auto-approve").says("Destroy complete! Resources: 23 destroyed.")
    assert vpc.run("state", "list").output.strip() == ""
    assert count(ec2, "vpcs") == count(ec2, "subnets") == count(ec2, "gateways") == 0
    assert not ec2.describe_addresses()["Addresses"]
    assert all(n["State"] == "deleted" for n in ec2.describe_nat_gateways()["NatGateways"])
    first, last = {}, {}
    for i, request in enumerate(world.aws.log[start:]):
        if request.status == 200:
            first.setdefault(request.name, i)
            last[request.name] = i
    for before, after in (("DisassociateRouteTable", "DeleteSubnet"), ("DeleteRoute", "DeleteNatGateway"),
                          ("DeleteNatGateway", "ReleaseAddress"), ("DeleteNatGateway", "DetachInternetGateway"),
                          ("DetachInternetGateway", "DeleteInternetGateway"), ("DeleteSubnet", "DeleteVpc"),
                          ("DeleteInternetGateway", "DeleteVpc"), ("DeleteRouteTable", "DeleteVpc")):
        assert before in last and after in first, f"{before} and {after} were not both asked for: {sorted(last)}"
    for before, after in (("DeleteSubnet", "DeleteVpc"), ("DeleteInternetGateway", "DeleteVpc"),
                          ("DeleteRouteTable", "DeleteVpc"), ("DeleteRoute", "DeleteNatGateway"),
                          ("DeleteNatGateway", "ReleaseAddress"), ("DeleteNatGateway", "DetachInternetGateway")):
        assert last[before] < first[after], f"{after} came before the last {before}"


with World() as world:
    vpc, ec2 = world.vpc(), world.client("ec2")
    made(vpc, ec2)
    tag_changed(vpc, ec2)
    zone_added(vpc, ec2)
    cidr_replaced(vpc, ec2)
    destroyed(world, vpc, ec2)
