"""What a file holds when nobody chose."""

USUAL = ("first_name", "last_name", "email", "phone", "company", "tags", "assignee", "source", "created")
USUAL_DEALS = (
    "name",
    "number",
    "pipeline",
    "stage",
    "amount",
    "currency",
    "person",
    "person_email",
    "person_phone",
    "company",
    "due",
    "assignee",
    "type",
    "source",
    "lost_reason",
    "created",
    "closed",
)
