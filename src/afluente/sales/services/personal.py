"""What sales keep about a person (kernel.personal)."""

FREE = {
    "sales_tax": "Names of taxes.",
    "sales_product": "Names of what is sold.",
    "sales_line": "What is sold on a deal; the deal says to whom.",
    "sales_stockmove": "What was counted and by which member of the team.",
}
