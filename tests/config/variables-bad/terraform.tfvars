variable "x" {}
block {}
nonull = null
