"""Inline rules of different shapes are allowed, taken back and allowed again; nothing else shows up."""
import os

from world import Folder, World

MAIN = """
provider "aws" {
  region = "eu-west-1"
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_security_group" "other" {
  name   = "other"
  vpc_id = aws_vpc.this.id
}

resource "aws_security_group" "mixed" {
  name   = "mixed"
  vpc_id = aws_vpc.this.id

  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.1.0.0/16"]
    description = "From the office"
  }
  ingress {
    from_port       = 22
    to_port         = 22
    protocol        = "tcp"
    security_groups = [aws_security_group.other.id]
  }
  ingress {
    from_port = 0
    to_port   = 0
    protocol  = "-1"
    self      = true
  }
  egress {
    from_port        = 0
    to_port          = 0
    protocol         = "-1"
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
  }
}
"""

with World() as world:
    os.mkdir(os.path.join(world.folder, "groups"))
    with open(os.path.join(world.folder, "groups", "main.infra"), "w", encoding="utf-8") as f:
        f.write(MAIN)
    groups = Folder(world, "groups")
    groups.run("init")
    groups.apply().says("Resources: 3 added, 0 changed, 0 destroyed.")
    groups.no_changes()

    ec2 = world.client("ec2")
    group = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["mixed"]}])["SecurityGroups"][0]
    assert sorted(p.get("FromPort", -1) for p in group["IpPermissions"]) == [-1, 22, 443], group["IpPermissions"]

    groups.edit("main.infra", "443", "8443")
    groups.plans("aws_security_group.mixed will be updated in-place")
    groups.apply().says("Resources: 0 added, 1 changed, 0 destroyed.")
    groups.no_changes()
    groups.run("destroy", "-auto-approve").says("3 destroyed.")
