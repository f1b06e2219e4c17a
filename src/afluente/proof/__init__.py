"""Harnesses that can fail: kill, race and probe the running product (docs/explanation/reliability.md).

`python -m afluente.proof` runs the rows of the goal sheet that exist, `python -m afluente.proof R-1`
one of them. They start a product of their own on a scratch data directory, and speak to it over HTTP
as anybody would; what they count afterwards, they count in the database.
"""
