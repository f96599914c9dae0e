output "o" { description = "x" }
