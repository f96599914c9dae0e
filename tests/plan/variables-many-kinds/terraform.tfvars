s = "text"
o = { a = [1, "x"], b = null }
