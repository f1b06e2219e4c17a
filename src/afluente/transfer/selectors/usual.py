"""What a file of contacts holds when nobody chose."""

USUAL = ("first_name", "last_name", "email", "phone", "company", "tags", "assignee", "source", "created")
