file = "tfvars"
auto = "tfvars"
stray = 1
obj = { a = 1 }
filled = null
