locals { b = "tf" }
