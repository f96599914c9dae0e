locals { c = "tf" }
