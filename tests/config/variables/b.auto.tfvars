auto = "b"
