terraform {
  required_version = ">= 9"
}
