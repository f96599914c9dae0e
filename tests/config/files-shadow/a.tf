locals { a = "tf" }
