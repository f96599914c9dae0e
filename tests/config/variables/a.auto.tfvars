auto = "a"
auto_stray = 1
third = 1
